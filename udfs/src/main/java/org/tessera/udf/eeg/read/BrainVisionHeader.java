package org.tessera.udf.eeg.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/** What a BrainVision header file says. */
final class BrainVisionHeader {
  private static final String COMMON = "Common Infos";
  private static final Set<String> EYE_CHANNELS = Set.of("HEOGL", "HEOGR", "VEOGb");
  private static final double HEAD_RADIUS = 0.095;

  /** How samples are stored. */
  enum Encoding {
    INT_16(2),
    INT_32(4),
    IEEE_FLOAT_32(4),
    /** Numbers in text, which are held as doubles. */
    TEXT(8);

    final int bytes;

    Encoding(int bytes) {
      this.bytes = bytes;
    }
  }

  final IniText text;
  final String dataFile;
  final Optional<String> markerFile;
  final Encoding encoding;
  final boolean bigEndian;
  final boolean vectorized;
  final double rate;
  final List<Channel> channels;

  /** What a stored value of each channel is multiplied with. */
  final double[] factors;

  /** The number of samples that the header claims, or -1. */
  final long points;

  private BrainVisionHeader(IniText text, String name, Limits limits) throws SampleException {
    this.text = text;
    dataFile = file("DataFile", text.required(COMMON, "DataFile"), name);
    Optional<String> markers = text.get(COMMON, "MarkerFile").filter(value -> !value.isEmpty());
    markerFile =
        markers.isPresent()
            ? Optional.of(file("MarkerFile", markers.get(), name))
            : Optional.empty();
    String orientation = text.required(COMMON, "DataOrientation").toUpperCase(Locale.ROOT);
    if (!orientation.equals("MULTIPLEXED") && !orientation.equals("VECTORIZED")) {
      throw Faults.malformed(
          "Cannot read BrainVision: DataOrientation is "
              + orientation
              + " (MULTIPLEXED or VECTORIZED)",
          text.offset("DataOrientation"));
    }
    vectorized = orientation.equals("VECTORIZED");
    encoding = encoding(text, vectorized);
    bigEndian =
        encoding != Encoding.TEXT
            && text.get("Binary Infos", "UseBigEndianOrder").orElse("NO").equalsIgnoreCase("YES");
    rate = 1e6 / number("SamplingInterval", text.required(COMMON, "SamplingInterval"));
    if (!(rate > 0) || !Double.isFinite(rate)) {
      throw Faults.malformed(
          "Cannot read BrainVision: its rate is " + rate + " Hz", text.offset("SamplingInterval"));
    }
    int count = count(limits);
    channels = new ArrayList<>();
    factors = new double[count];
    readChannels(count);
    points = text.get(COMMON, "DataPoints").isPresent() ? points() : -1;
  }

  static BrainVisionHeader parse(byte[] bytes, String name, Limits limits) throws SampleException {
    return new BrainVisionHeader(IniText.parse(bytes), name, limits);
  }

  private String file(String key, String value, String headerName) throws SampleException {
    String file = CompanionNames.expand(value, headerName);
    if (!CompanionNames.isPlain(file)) {
      throw Faults.malformed(
          "Cannot read BrainVision: "
              + key
              + " is '"
              + value
              + "', not the name of a file beside the header",
          text.offset(key));
    }
    return file;
  }

  private static Encoding encoding(IniText text, boolean vectorized) throws SampleException {
    String format = text.get(COMMON, "DataFormat").orElse("BINARY");
    if (format.equalsIgnoreCase("ASCII")) {
      if (vectorized) {
        throw Faults.unsupported(
            "Cannot read BrainVision data as ASCII by channel (export it as BINARY)",
            text.offset("DataFormat"));
      }
      return Encoding.TEXT;
    }
    if (!format.equalsIgnoreCase("BINARY")) {
      throw Faults.malformed(
          "Cannot read BrainVision: DataFormat is " + format + " (BINARY or ASCII)",
          text.offset("DataFormat"));
    }
    return switch (text.required("Binary Infos", "BinaryFormat").toUpperCase(Locale.ROOT)) {
      case "INT_16" -> Encoding.INT_16;
      case "INT_32" -> Encoding.INT_32;
      case "IEEE_FLOAT_32" -> Encoding.IEEE_FLOAT_32;
      default ->
          throw Faults.unsupported(
              "Cannot read BrainVision samples as "
                  + text.required("Binary Infos", "BinaryFormat")
                  + " (INT_16, INT_32 or IEEE_FLOAT_32)",
              text.offset("BinaryFormat"));
    };
  }

  private int count(Limits limits) throws SampleException {
    double count = number("NumberOfChannels", text.required(COMMON, "NumberOfChannels"));
    int written = text.section("Channel Infos").size();
    if (count < 1 || count != Math.rint(count) || count > written) {
      throw Faults.malformed(
          "Cannot read BrainVision: NumberOfChannels is "
              + count
              + " and [Channel Infos] has "
              + written
              + " lines",
          text.offset("NumberOfChannels"));
    }
    if (count > limits.channels()) {
      throw Faults.tooLarge(
          "Cannot read " + (int) count + " channels (raise limits.channels)",
          text.offset("NumberOfChannels"));
    }
    return (int) count;
  }

  private long points() throws SampleException {
    double value = number("DataPoints", text.required(COMMON, "DataPoints"));
    if (value < 0 || value != Math.rint(value)) {
      throw Faults.malformed(
          "Cannot read BrainVision: DataPoints is " + value, text.offset("DataPoints"));
    }
    return (long) value;
  }

  private void readChannels(int count) throws SampleException {
    String[] names = new String[count];
    String[] units = new String[count];
    for (Map.Entry<String, String> line : text.section("Channel Infos").entrySet()) {
      int index = channelIndex(line.getKey());
      if (index < 0 || index >= count) {
        continue;
      }
      String[] fields = line.getValue().split(",", -1);
      if (fields.length < 3) {
        throw Faults.malformed(
            "Cannot read BrainVision: "
                + line.getKey()
                + " is '"
                + line.getValue()
                + "' (name,reference,resolution,unit)",
            text.offset(line.getKey()));
      }
      names[index] = fields[0].replace("\\1", ",");
      units[index] =
          fields.length < 4 || fields[3].isEmpty() ? "\u00b5V" : fields[3].replace("\u00c2", "");
      double resolution = fields[2].isBlank() ? 1 : number(line.getKey(), fields[2]);
      factors[index] = resolution * factor(units[index]);
    }
    for (int i = 0; i < count; i++) {
      if (names[i] == null) {
        throw Faults.malformed(
            "Cannot read BrainVision: [Channel Infos] has no Ch" + (i + 1),
            text.offset("NumberOfChannels"));
      }
    }
    List<String> unique = ChannelNames.unique(List.of(names));
    for (int i = 0; i < count; i++) {
      channels.add(channel(i, names[i], unique.get(i), units[i]));
    }
  }

  private Channel channel(int index, String written, String name, String unit)
      throws SampleException {
    boolean voltage = Set.of("V", "mV", "\u00b5V", "\u03bcV", "uV", "nV").contains(unit);
    ChannelKind kind = voltage ? ChannelKind.EEG : ChannelKind.MISC;
    List<Double> place = Channel.NOWHERE;
    Optional<String> coordinates = text.get("Coordinates", "Ch" + (index + 1));
    if (coordinates.isPresent()) {
      place = place(coordinates.get(), "Ch" + (index + 1));
    }
    if (EYE_CHANNELS.contains(written)) {
      kind = ChannelKind.EOG;
    } else if (coordinates.isPresent() && place.equals(Channel.NOWHERE)) {
      kind = ChannelKind.MISC;
    }
    return new Channel(name, kind, rate, voltage ? "V" : unit, place, false, Optional.empty());
  }

  /** Radius, theta and phi; a radius of 1 is the unit sphere. All zero means nowhere. */
  private List<Double> place(String value, String key) throws SampleException {
    String[] fields = value.split(",", -1);
    if (fields.length < 3) {
      return Channel.NOWHERE;
    }
    double radius = number(key, fields[0]) / 1e3;
    double polar = Math.toRadians(number(key, fields[1]));
    double azimuth = Math.toRadians(number(key, fields[2]));
    if (radius == 0) {
      return Channel.NOWHERE;
    }
    if (radius == 1e-3) {
      radius = HEAD_RADIUS;
    }
    return List.of(
        radius * Math.sin(polar) * Math.cos(azimuth),
        radius * Math.sin(polar) * Math.sin(azimuth),
        radius * Math.cos(polar),
        0.0,
        0.0,
        0.0);
  }

  private static int channelIndex(String key) {
    return key.matches("ch\\d{1,6}") ? Integer.parseInt(key.substring(2)) - 1 : -1;
  }

  private static double factor(String unit) {
    return switch (unit) {
      case "\u00b5V", "\u03bcV", "uV", "\u00b5S", "uS" -> 1e-6;
      case "mV" -> 1e-3;
      case "nV" -> 1e-9;
      default -> 1;
    };
  }

  private double number(String key, String value) throws SampleException {
    try {
      double number = Double.parseDouble(value.strip());
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw Faults.malformed(
        "Cannot read BrainVision: " + key + " holds '" + value + "' (not a number)",
        text.offset(key));
  }
}
