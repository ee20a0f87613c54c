package org.tessera.udf.eeg.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * Raw data in FIF files (Elekta/MEGIN and MNE), one file of a split recording at a time. A value is
 * the stored number times range and calibration of its channel, as in MNE; projections and
 * compensation are not applied. Skipped buffers end a run. Annotations that MNE wrote are read.
 */
final class FifRecording implements Recording {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MEASUREMENT_INFO = 101;
  private static final int RAW_DATA = 102;
  private static final int CONTINUOUS_DATA = 112;
  private static final int CHANNEL_INFO_BLOCK = 113;
  private static final int SHIELDED_DATA = 119;
  private static final int BAD_CHANNELS = 359;
  private static final int ANNOTATIONS = 3810;
  private static final int MOST_TEXT = 64 << 20;
  private static final int MOST_ANNOTATIONS = 1_000_000;

  private final ByteSource source;
  private final FifChannels described = new FifChannels();
  private final Limits limits;
  private double rate;
  private double measuredAt = Double.NaN;
  private boolean hasData;
  private List<Channel> channels = List.of();
  private double[] factors = new double[0];

  /** Buffers in file order: first frame (with skips counted), place, frames. */
  private final List<long[]> buffers = new ArrayList<>();

  private final List<FrameReader.Type> types = new ArrayList<>();
  private final Map<FrameReader.Type, FrameReader> readers = new EnumMap<>(FrameReader.Type.class);

  /** The number of the first buffer of each run, and the number of buffers at the end. */
  private final List<Integer> runs = new ArrayList<>();

  private long firstSample;
  private long frame;
  private long pendingSkip;
  private double[] onsets = new double[0];
  private double[] ends = new double[0];
  private List<String> texts = List.of();
  private double annotatedFrom = Double.NaN;
  private List<List<String>> annotatedChannels = List.of();

  private FifRecording(ByteSource source, Limits limits) {
    this.source = source;
    this.limits = limits;
  }

  static FifRecording open(ByteSource source, Limits limits) throws SampleException {
    FifRecording recording = new FifRecording(source, limits);
    FifTags tags = new FifTags(source);
    while (tags.advance()) {
      recording.take(tags);
    }
    recording.finish();
    return recording;
  }

  private void take(FifTags tags) throws SampleException {
    switch (tags.block()) {
      case MEASUREMENT_INFO -> takeInfo(tags);
      case CHANNEL_INFO_BLOCK -> {
        if (tags.kind() == 258) {
          described.addLongName(tags.text(4096));
        }
      }
      case BAD_CHANNELS -> {
        if (tags.kind() == 3507) {
          described.addBads(tags.text(MOST_TEXT));
        }
      }
      case RAW_DATA, CONTINUOUS_DATA -> takeData(tags);
      case SHIELDED_DATA ->
          throw Faults.unsupported(
              "Cannot read FIF: its data have internal active shielding (apply Maxwell filtering"
                  + " first)",
              tags.at());
      case ANNOTATIONS -> takeAnnotations(tags);
      default -> {}
    }
  }

  private void takeInfo(FifTags tags) throws SampleException {
    switch (tags.kind()) {
      case 201 -> {
        rate = tags.bytes(4).getFloat();
        if (!(rate > 0) || !Double.isFinite(rate)) {
          throw Faults.malformed("Cannot read FIF: its rate is " + rate + " Hz", tags.dataAt());
        }
      }
      case 203 -> described.add(tags, limits.channels());
      case 204 -> measuredAt = seconds(tags);
      default -> {}
    }
  }

  private void takeData(FifTags tags) throws SampleException {
    hasData = true;
    switch (tags.kind()) {
      case 208 -> firstSample = tags.ints(1)[0];
      case 301 -> {
        int skip = tags.ints(1)[0];
        if (skip < 0) {
          throw Faults.malformed("Cannot read FIF: it skips " + skip + " buffers", tags.dataAt());
        }
        pendingSkip += skip;
      }
      case 300 -> takeBuffer(tags);
      default -> {}
    }
  }

  private void takeBuffer(FifTags tags) throws SampleException {
    FrameReader.Type type =
        switch (tags.type()) {
          case 2, 16 -> FrameReader.Type.SHORT;
          case 3 -> FrameReader.Type.INT;
          case 4 -> FrameReader.Type.FLOAT;
          case 5 -> FrameReader.Type.DOUBLE;
          default ->
              throw Faults.unsupported(
                  "Cannot read FIF data of type "
                      + tags.type()
                      + " (16- or 32-bit integers, floats or doubles)",
                  tags.at() + 4);
        };
    int frameBytes = type.bytes * described.count();
    if (frameBytes == 0 || tags.size() == 0 || tags.size() % frameBytes != 0) {
      throw Faults.malformed(
          "Cannot read FIF: a buffer has "
              + tags.size()
              + " bytes and a sample of "
              + described.count()
              + " channels has "
              + frameBytes,
          tags.at() + 8);
    }
    long frames = tags.size() / frameBytes;
    if (buffers.isEmpty()) {
      firstSample += Math.min(pendingSkip, Integer.MAX_VALUE) * frames;
      runs.add(0);
    } else if (pendingSkip > 0) {
      frame += Math.min(pendingSkip, Integer.MAX_VALUE) * frames;
      runs.add(buffers.size());
    }
    pendingSkip = 0;
    buffers.add(new long[] {frame, tags.dataAt(), frames});
    types.add(type);
    frame += frames;
  }

  private void takeAnnotations(FifTags tags) throws SampleException {
    switch (tags.kind()) {
      case 3568 -> onsets = tags.numbers(MOST_ANNOTATIONS);
      case 3569 -> ends = tags.numbers(MOST_ANNOTATIONS);
      case 206 -> texts = List.of(tags.text(MOST_TEXT).split(":", -1));
      case 204 -> annotatedFrom = seconds(tags);
      case 3801 -> annotatedChannels = channelLists(tags);
      default -> {}
    }
  }

  /** A date as seconds and microseconds, or as seconds; NaN when it stands for none. */
  private static double seconds(FifTags tags) throws SampleException {
    if ((tags.type() & 0xfff) == 5) {
      double[] stamp = tags.numbers(2);
      return stamp.length == 2 ? stamp[0] + stamp[1] * 1e-6 : stamp.length == 1 ? stamp[0] : 0;
    }
    int[] parts = tags.ints(2);
    return parts[0] == 0 && parts[1] == Integer.MAX_VALUE ? Double.NaN : parts[0] + parts[1] * 1e-6;
  }

  private static List<List<String>> channelLists(FifTags tags) throws SampleException {
    try {
      List<List<String>> lists = new ArrayList<>();
      for (var entry : JSON.readTree(tags.text(MOST_TEXT))) {
        List<String> names = new ArrayList<>();
        entry.forEach(name -> names.add(name.asText()));
        lists.add(names);
      }
      return lists;
    } catch (JsonProcessingException e) {
      throw Faults.malformed(
          "Cannot read FIF: the channels of its annotations are no JSON", tags.dataAt());
    }
  }

  private void finish() throws SampleException {
    if (described.count() == 0 || rate == 0) {
      throw Faults.malformed(
          "Cannot read FIF: it describes "
              + described.count()
              + " channels at "
              + rate
              + " Hz (is it a raw file?)",
          source.size());
    }
    if (buffers.isEmpty()) {
      throw hasData
          ? Faults.truncated("Cannot read FIF: its raw data have no buffers", source.size())
          : Faults.unsupported(
              "Cannot read FIF: it holds no raw data (epochs, averages and models have none)",
              source.size());
    }
    if (frame / rate > limits.seconds()) {
      throw Faults.tooLarge(
          "Cannot read "
              + frame / rate
              + " seconds: the limit is "
              + limits.seconds()
              + " (raise limits.seconds)",
          -1);
    }
    runs.add(buffers.size());
    channels = described.channels(rate);
    factors = described.factors();
  }

  @Override
  public String format() {
    return "fif";
  }

  @Override
  public List<Channel> channels() {
    return channels;
  }

  @Override
  public List<Double> runStarts() {
    return runs.subList(0, runs.size() - 1).stream()
        .map(buffer -> buffers.get(buffer)[0] / rate)
        .toList();
  }

  @Override
  public long frames(int run, int channel) {
    long[] first = buffers.get(runs.get(run));
    long[] last = buffers.get(runs.get(run + 1) - 1);
    return last[0] + last[2] - first[0];
  }

  @Override
  public List<Annotation> annotations() {
    int count = Math.min(Math.min(onsets.length, ends.length), texts.size());
    double shift = annotationShift();
    List<Annotation> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(
          new Annotation(
              onsets[i] + shift,
              ends[i] - onsets[i],
              texts.get(i).replace("{COLON}", ":"),
              i < annotatedChannels.size() ? annotatedChannels.get(i) : List.of()));
    }
    list.sort(Comparator.comparingDouble(Annotation::onsetS));
    return Collections.unmodifiableList(list);
  }

  /**
   * Onsets count from a date of their own or from the first sample of the recorder; the first
   * sample here is {@code firstSample} after the date of the measurement.
   */
  private double annotationShift() {
    double first = firstSample / rate;
    if (Double.isNaN(measuredAt)) {
      return -first;
    }
    return Double.isNaN(annotatedFrom) ? 0 : annotatedFrom - measuredAt - first;
  }

  @Override
  public void read(int run, long start, int count, int[] wanted, double[][] target)
      throws SampleException {
    long from = buffers.get(runs.get(run))[0] + start;
    int index = find(from);
    for (int done = 0; done < count; index++) {
      long[] buffer = buffers.get(index);
      long skip = from + done - buffer[0];
      int part = (int) Math.min(count - done, buffer[2] - skip);
      reader(types.get(index)).read(buffer[1], skip, part, wanted, target, done);
      done += part;
    }
  }

  private FrameReader reader(FrameReader.Type type) {
    return readers.computeIfAbsent(
        type, key -> new FrameReader(source, key, ByteOrder.BIG_ENDIAN, factors, false, frame));
  }

  /** The last buffer that starts at or before a frame. */
  private int find(long wanted) {
    int low = 0;
    int high = buffers.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (buffers.get(middle)[0] <= wanted) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
