package org.tessera.udf.eeg.read;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tessera.udf.sample.SampleException;

/** The channels of a FIF file while its measurement info is read. */
final class FifChannels {
  private static final int RECORD = 96;
  private static final int NAME_AT = 80;
  private static final int MEG = 1;
  private static final int EEG = 2;
  private static final int REFERENCE_MEG = 301;
  private static final int TESLA = 112;

  /** One channel as its record tells it. */
  private static final class Entry {
    private String name;
    private int kind;
    private float range;
    private float cal;
    private int coil;
    private final float[] place = new float[12];
    private int unit;
  }

  private final List<Entry> entries = new ArrayList<>();
  private final List<String> longNames = new ArrayList<>();
  private final Set<String> bads = new HashSet<>();

  /** Takes a channel record: 96 bytes. */
  void add(FifTags tags, int most) throws SampleException {
    if (entries.size() >= most) {
      throw Faults.tooLarge(
          "Cannot read more than " + most + " channels (raise limits.channels)", tags.at());
    }
    ByteBuffer record = tags.bytes(RECORD);
    Entry entry = new Entry();
    record.position(8);
    entry.kind = record.getInt();
    entry.range = record.getFloat();
    entry.cal = record.getFloat();
    entry.coil = record.getInt();
    for (int i = 0; i < entry.place.length; i++) {
      entry.place[i] = record.getFloat();
    }
    entry.unit = record.getInt();
    String name = new String(record.array(), NAME_AT, RECORD - NAME_AT, ISO_8859_1);
    int end = name.indexOf('\0');
    entry.name = (end < 0 ? name : name.substring(0, end)).strip();
    if (!Float.isFinite(entry.range) || !Float.isFinite(entry.cal)) {
      throw Faults.malformed(
          "Cannot read FIF: channel "
              + entry.name
              + " has range "
              + entry.range
              + " and cal "
              + entry.cal,
          tags.dataAt() + 12);
    }
    entries.add(entry);
  }

  /** Takes the name of a channel that is too long for its record. */
  void addLongName(String name) {
    longNames.add(name);
  }

  /** Takes the names of bad channels. */
  void addBads(String list) {
    for (String name : list.split(":", -1)) {
      bads.add(name.strip());
    }
  }

  int count() {
    return entries.size();
  }

  /** What stored values of each channel are multiplied with. */
  double[] factors() {
    double[] factors = new double[entries.size()];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (double) entries.get(i).range * entries.get(i).cal;
    }
    return factors;
  }

  List<Channel> channels(double rate) {
    List<String> names = new ArrayList<>();
    boolean renamed = longNames.size() == entries.size();
    for (int i = 0; i < entries.size(); i++) {
      names.add(renamed ? longNames.get(i) : entries.get(i).name);
    }
    List<String> unique = ChannelNames.unique(names);
    List<Channel> channels = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      channels.add(
          new Channel(
              unique.get(i),
              kind(entry),
              rate,
              unit(entry.unit),
              sensor(entry),
              bads.contains(entry.name) || bads.contains(names.get(i)),
              Optional.empty()));
    }
    return Collections.unmodifiableList(channels);
  }

  private static ChannelKind kind(Entry entry) {
    return switch (entry.kind) {
      case MEG -> entry.unit == TESLA ? ChannelKind.MAG : ChannelKind.GRAD;
      case EEG -> ChannelKind.EEG;
      case 3 -> ChannelKind.STIM;
      case 102 -> ChannelKind.BIO;
      case 202 -> ChannelKind.EOG;
      case REFERENCE_MEG -> ChannelKind.REF_MEG;
      case 302 -> ChannelKind.EMG;
      case 402 -> ChannelKind.ECG;
      case 602 -> ChannelKind.RESP;
      case 802 -> ChannelKind.SEEG;
      case 803 -> ChannelKind.DBS;
      case 902 -> ChannelKind.ECOG;
      case 1200 -> ChannelKind.TEMPERATURE;
      default -> ChannelKind.MISC;
    };
  }

  private static String unit(int unit) {
    return switch (unit) {
      case 107 -> "V";
      case TESLA -> "T";
      case 201 -> "T/m";
      case 114 -> "C";
      default -> "";
    };
  }

  /** Place, and for coils the direction: along x for planar gradiometers, else the normal. */
  private static List<Double> sensor(Entry entry) {
    boolean nowhere = true;
    for (int i = 0; i < 3; i++) {
      nowhere &= entry.place[i] == 0 || !Float.isFinite(entry.place[i]);
    }
    if (nowhere) {
      return Channel.NOWHERE;
    }
    boolean coil = entry.kind == MEG || entry.kind == REFERENCE_MEG;
    boolean planar = entry.coil >= 3011 && entry.coil <= 3015;
    int direction = planar ? 3 : 9;
    List<Double> sensor = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      sensor.add(i < 3 ? entry.place[i] : coil ? entry.place[direction + i - 3] : 0.0);
    }
    return sensor;
  }
}
