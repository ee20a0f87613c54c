package org.tessera.udf.eeg.read;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * BrainVision recordings: a header, a data file and a marker file. A value is the stored number
 * times resolution and unit, as in MNE. Markers become annotations {@code TYPE/DESCRIPTION}; a
 * marker {@code New Segment} behind the first sample, where the recorder was paused, ends a run.
 */
final class BrainVisionRecording implements Recording {
  private static final Pattern MARKER = Pattern.compile("mk\\d+");
  private static final int MOST_HEADER_BYTES = 16 << 20;

  private final BrainVisionHeader header;
  private final FrameReader reader;
  private final long frames;
  private final List<Annotation> annotations = new ArrayList<>();
  private final List<Long> runFrames = new ArrayList<>();

  private BrainVisionRecording(
      BrainVisionHeader header, ByteSource data, SampleInput input, RecordCount rule)
      throws SampleException {
    this.header = header;
    frames = frames(header, data.size(), rule);
    FrameReader.Type type =
        switch (header.encoding) {
          case INT_16 -> FrameReader.Type.SHORT;
          case INT_32 -> FrameReader.Type.INT;
          case IEEE_FLOAT_32 -> FrameReader.Type.FLOAT;
          case TEXT -> FrameReader.Type.DOUBLE;
        };
    ByteOrder order = header.bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    reader = new FrameReader(data, type, order, header.factors, header.vectorized, frames);
    TreeSet<Long> starts = new TreeSet<>(List.of(0L));
    Optional<ByteSource> markers = markers(input);
    if (markers.isPresent()) {
      readMarkers(markers.get(), starts);
    }
    runFrames.addAll(starts);
    runFrames.add(frames);
  }

  /**
   * The samples of all channels. Where each channel's values lie together, their number must be
   * right; elsewhere the rule may be to take what there is, as MNE does.
   */
  private static long frames(BrainVisionHeader header, long bytes, RecordCount rule)
      throws SampleException {
    long frameBytes = (long) header.encoding.bytes * header.channels.size();
    long frames = bytes / frameBytes;
    if (frames > 0 && rule == RecordCount.INFER && !header.vectorized) {
      return frames;
    }
    String claim =
        "Cannot read BrainVision: the header says "
            + header.points
            + " samples and "
            + header.dataFile
            + " holds "
            + frames
            + (header.vectorized ? "" : " (copy it again, or use recording.records: infer)");
    if (header.points > frames) {
      throw Faults.truncated(claim, bytes);
    }
    if (frames == 0 || bytes % frameBytes != 0) {
      throw Faults.truncated(
          "Cannot read BrainVision: "
              + header.dataFile
              + " has "
              + bytes
              + " bytes, and a sample of all channels has "
              + frameBytes,
          bytes);
    }
    if (header.points >= 0 && header.points < frames) {
      throw Faults.malformed(claim, header.text.offset("DataPoints"));
    }
    return frames;
  }

  static BrainVisionRecording open(SampleInput input, Limits limits, RecordCount rule)
      throws SampleException {
    byte[] text = input.content().readAll(Math.min(limits.bytes(), MOST_HEADER_BYTES));
    BrainVisionHeader header = BrainVisionHeader.parse(text, input.name(), limits);
    Optional<ByteSource> data = input.companions().find(header.dataFile);
    if (data.isEmpty()) {
      throw SampleException.at(
          Phase.DECODE,
          RejectCode.MISSING,
          "Cannot read BrainVision: the data file " + header.dataFile + " is not beside the header",
          header.text.offset("DataFile"));
    }
    Limits.checkBytes(data.get().size(), limits.bytes());
    ByteSource samples =
        header.encoding == BrainVisionHeader.Encoding.TEXT
            ? BrainVisionText.doubles(data.get(), header.text, header.channels.size(), limits)
            : data.get();
    BrainVisionRecording recording = new BrainVisionRecording(header, samples, input, rule);
    double seconds = recording.frames / header.rate;
    if (seconds > limits.seconds()) {
      throw Faults.tooLarge(
          "Cannot read "
              + seconds
              + " seconds: the limit is "
              + limits.seconds()
              + " (raise limits.seconds)",
          header.text.offset("SamplingInterval"));
    }
    return recording;
  }

  /** The marker file, or the one with the header's own name, as MNE looks for it. */
  private Optional<ByteSource> markers(SampleInput input) throws SampleException {
    if (header.markerFile.isEmpty()) {
      return Optional.empty();
    }
    Optional<ByteSource> named = input.companions().find(header.markerFile.get());
    String own = CompanionNames.stem(input.name()) + ".vmrk";
    return named.isPresent() || !CompanionNames.isPlain(own) ? named : input.companions().find(own);
  }

  private void readMarkers(ByteSource source, TreeSet<Long> starts) throws SampleException {
    IniText text = IniText.parse(source.readAll(MOST_HEADER_BYTES));
    boolean first = true;
    for (var line : text.section("Marker Infos").entrySet()) {
      Matcher key = MARKER.matcher(line.getKey());
      String[] fields = line.getValue().split(",", -1);
      if (!key.matches()) {
        continue;
      }
      if (fields.length < 4 || !fields[2].strip().matches("-?\\d{1,18}")) {
        throw Faults.malformed(
            "Cannot read BrainVision markers: "
                + line.getKey()
                + " is '"
                + line.getValue()
                + "' (type,description,position,points,...)",
            -1);
      }
      String type = fields[0].replace("\\1", ",");
      long position = Long.parseLong(fields[2].strip()) - 1;
      boolean segment = type.equals("New Segment");
      if (segment && position > 0 && position < frames) {
        starts.add(position);
      }
      if (!segment || !first) {
        String points = fields[3].strip();
        double duration = points.matches("\\d{1,18}") ? Long.parseLong(points) : 0;
        annotations.add(
            new Annotation(
                position / header.rate,
                duration / header.rate,
                type + "/" + fields[1].replace("\\1", ","),
                List.of()));
      }
      first = false;
    }
    annotations.sort(java.util.Comparator.comparingDouble(Annotation::onsetS));
  }

  @Override
  public String format() {
    return "brainvision";
  }

  @Override
  public List<Channel> channels() {
    return Collections.unmodifiableList(header.channels);
  }

  @Override
  public List<Double> runStarts() {
    return runFrames.subList(0, runFrames.size() - 1).stream()
        .map(frame -> frame / header.rate)
        .toList();
  }

  @Override
  public long frames(int run, int channel) {
    return runFrames.get(run + 1) - runFrames.get(run);
  }

  @Override
  public List<Annotation> annotations() {
    return Collections.unmodifiableList(annotations);
  }

  @Override
  public void read(int run, long start, int count, int[] channels, double[][] target)
      throws SampleException {
    reader.read(0, runFrames.get(run) + start, count, channels, target, 0);
  }
}
