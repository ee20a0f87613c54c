package org.tessera.udf.eeg.read;

import io.jhdf.HdfFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * EEGLAB data sets: a MATLAB file, with the signal inside or in an {@code .fdt} file beside it
 * (32-bit floats, read by position). Values are microvolts and become volts, as in MNE. Epochs are
 * runs; in continuous data a {@code boundary} event ends a run. The MATLAB file itself, and a
 * signal inside it, are held in memory.
 */
final class EeglabRecording implements Recording {
  private static final double MICROVOLT = 1e-6;
  private static final Set<String> VARIABLES =
      Set.of(
          "EEG",
          "ALLEEG",
          "data",
          "nbchan",
          "trials",
          "pnts",
          "srate",
          "chanlocs",
          "event",
          "datfile");
  private static final int MOST_EVENTS = 1_000_000;

  private final double rate;
  private final int channelCount;
  private final long frames;
  private final List<Channel> channels;
  private final List<Annotation> annotations;
  private final List<Long> runFrames = new ArrayList<>();
  private final Optional<MatStruct.Numbers> inside;
  private final Optional<FrameReader> beside;

  private EeglabRecording(MatStruct eeg, SampleInput input, Limits limits) throws SampleException {
    rate = eeg.number("srate", 0);
    long points = whole(eeg, "pnts", 1);
    long trials = whole(eeg, "trials", 1);
    channelCount = (int) Math.min(whole(eeg, "nbchan", 1), Integer.MAX_VALUE);
    frames = points * trials;
    if (!(rate > 0) || !Double.isFinite(rate) || points < 1 || trials < 1 || channelCount < 1) {
      throw Faults.malformed(
          "Cannot read EEGLAB: it has "
              + channelCount
              + " channels, "
              + points
              + " points, "
              + trials
              + " trials and a rate of "
              + rate,
          -1);
    }
    if (channelCount > limits.channels()) {
      throw Faults.tooLarge(
          "Cannot read " + channelCount + " channels (raise limits.channels)", -1);
    }
    if (points > Integer.MAX_VALUE
        || trials > Integer.MAX_VALUE
        || frames / rate > limits.seconds()) {
      throw Faults.tooLarge(
          "Cannot read "
              + frames / rate
              + " seconds: the limit is "
              + limits.seconds()
              + " (raise limits.seconds)",
          -1);
    }
    inside = eeg.numbers("data");
    beside = inside.isPresent() ? Optional.empty() : Optional.of(beside(eeg, input));
    if (inside.isPresent()) {
      checkExtents(inside.get().extents());
    }
    channels = channels(eeg);
    annotations = annotations(eeg);
    TreeSet<Long> starts = new TreeSet<>(List.of(0L));
    for (long trial = 1; trial < trials; trial++) {
      starts.add(trial * points);
    }
    if (trials == 1) {
      for (Annotation annotation : annotations) {
        long frame = (long) Math.ceil(annotation.onsetS() * rate - 1e-6);
        if (annotation.text().equals("boundary") && frame > 0 && frame < frames) {
          starts.add(frame);
        }
      }
    }
    runFrames.addAll(starts);
    runFrames.add(frames);
  }

  static EeglabRecording openMat5(SampleInput input, Limits limits) throws SampleException {
    byte[] file = input.content().readAll(limits.bytes());
    return new EeglabRecording(dataSet(Mat5Struct.open(file, VARIABLES, limits)), input, limits);
  }

  static EeglabRecording openHdf5(SampleInput input, Limits limits) throws SampleException {
    byte[] file = input.content().readAll(limits.bytes());
    try (HdfFile hdf = HdfFile.fromByteBuffer(ByteBuffer.wrap(file))) {
      return new EeglabRecording(dataSet(new Hdf5Struct(hdf, limits)), input, limits);
    } catch (RuntimeException | StackOverflowError e) {
      throw Faults.malformed(
          "Cannot read HDF5: " + (e.getMessage() == null ? e.toString() : e.getMessage()), -1);
    }
  }

  /** The name of the file with the signal that a data set names; empty when it has it inside. */
  static String signalFile(byte[] file) throws SampleException {
    if (EegFormat.of(file).orElseThrow() == EegFormat.EEGLAB_MAT5) {
      return dataSet(Mat5Struct.open(file, VARIABLES, Limits.DEFAULT)).text("data", 0);
    }
    try (HdfFile hdf = HdfFile.fromByteBuffer(ByteBuffer.wrap(file))) {
      return dataSet(new Hdf5Struct(hdf, Limits.DEFAULT)).text("data", 0);
    } catch (RuntimeException | StackOverflowError e) {
      throw Faults.malformed("Cannot read HDF5: " + e.getMessage(), -1);
    }
  }

  /** The struct EEG, or the variables themselves where its fields were saved one by one. */
  private static MatStruct dataSet(MatStruct root) throws SampleException {
    if (root.struct("ALLEEG").isPresent()) {
      throw Faults.unsupported(
          "Cannot read EEGLAB: the file holds a list of data sets (save them one by one)", -1);
    }
    MatStruct variable = root.struct("EEG").orElse(root);
    MatStruct eeg = variable.struct("EEG").orElse(variable);
    if (Double.isNaN(eeg.number("srate", 0))) {
      throw Faults.unsupported(
          "Cannot read EEGLAB: the MATLAB file holds no EEG data set (no srate)", -1);
    }
    return eeg;
  }

  private static long whole(MatStruct eeg, String field, long absent) throws SampleException {
    double value = eeg.number(field, 0);
    if (Double.isNaN(value)) {
      return absent;
    }
    if (value != Math.rint(value) || Math.abs(value) > 1e15) {
      throw Faults.malformed("Cannot read EEGLAB: " + field + " is " + value, -1);
    }
    return (long) value;
  }

  private void checkExtents(int[] extents) throws SampleException {
    long count = 1;
    for (int extent : extents) {
      count *= extent;
    }
    boolean oneRow = channelCount == 1 && count == frames;
    if (!oneRow && (extents[0] != channelCount || count != channelCount * frames)) {
      throw Faults.malformed(
          "Cannot read EEGLAB: the signal is "
              + java.util.Arrays.toString(extents)
              + ", not "
              + channelCount
              + " channels of "
              + frames
              + " samples",
          -1);
    }
  }

  private FrameReader beside(MatStruct eeg, SampleInput input) throws SampleException {
    String name = eeg.text("data", 0);
    if (name.isEmpty()) {
      name = eeg.text("datfile", 0);
    }
    if (name.endsWith(".dat")) {
      throw Faults.unsupported(
          "Cannot read EEGLAB: its signal is in the old format of "
              + name
              + " (save it again with a newer EEGLAB)",
          -1);
    }
    String own = CompanionNames.stem(input.name()) + ".fdt";
    Optional<ByteSource> data = find(input, name);
    if (data.isEmpty()) {
      data = find(input, own);
    }
    if (data.isEmpty()) {
      throw SampleException.of(
          Phase.DECODE,
          RejectCode.MISSING,
          "Cannot read EEGLAB: neither "
              + (name.isEmpty() ? "a signal" : name)
              + " nor "
              + own
              + " is beside the data set");
    }
    long bytes = 4 * channelCount * frames;
    if (data.get().size() < bytes) {
      throw Faults.truncated(
          "Cannot read EEGLAB: the signal has " + data.get().size() + " bytes, not " + bytes,
          data.get().size());
    }
    if (data.get().size() > bytes) {
      throw Faults.malformed(
          "Cannot read EEGLAB: the signal has " + data.get().size() + " bytes, not " + bytes,
          bytes);
    }
    double[] factors = new double[channelCount];
    java.util.Arrays.fill(factors, MICROVOLT);
    return new FrameReader(
        data.get(), FrameReader.Type.FLOAT, ByteOrder.LITTLE_ENDIAN, factors, false, frames);
  }

  private static Optional<ByteSource> find(SampleInput input, String name) throws SampleException {
    return CompanionNames.isPlain(name) ? input.companions().find(name) : Optional.empty();
  }

  private List<Channel> channels(MatStruct eeg) throws SampleException {
    Optional<MatStruct> places = eeg.struct("chanlocs");
    List<String> names = new ArrayList<>();
    if (places.isPresent() && places.get().size() != channelCount) {
      throw Faults.malformed(
          "Cannot read EEGLAB: it names "
              + places.get().size()
              + " channels and has "
              + channelCount,
          -1);
    }
    for (int i = 0; i < channelCount; i++) {
      String label = places.isPresent() ? places.get().text("labels", i) : "";
      names.add(label.isEmpty() ? String.format("EEG %03d", i) : label);
    }
    double scale = places.map(this::metres).orElse(Double.NaN);
    List<String> unique = ChannelNames.unique(names);
    List<Channel> list = new ArrayList<>();
    for (int i = 0; i < channelCount; i++) {
      ChannelKind kind = ChannelKind.EEG;
      List<Double> sensor = Channel.NOWHERE;
      if (places.isPresent()) {
        kind = ChannelKind.of(places.get().text("type", i)).orElse(ChannelKind.EEG);
        sensor = sensor(places.get(), i, scale);
      }
      list.add(new Channel(unique.get(i), kind, rate, "V", sensor, false, Optional.empty()));
    }
    return Collections.unmodifiableList(list);
  }

  /** EEGLAB's x points to the nose and y to the left ear; the head frame's x to the right ear. */
  private static List<Double> sensor(MatStruct places, int element, double scale) {
    double x = -places.number("Y", element) * scale;
    double y = places.number("X", element) * scale;
    double z = places.number("Z", element) * scale;
    return Double.isFinite(x) && Double.isFinite(y) && Double.isFinite(z)
        ? List.of(x, y, z, 0.0, 0.0, 0.0)
        : Channel.NOWHERE;
  }

  /** Metres by unit of the places: EEGLAB names none, so their mean radius tells, as in MNE. */
  private double metres(MatStruct places) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < places.size(); i++) {
      double x = places.number("X", i);
      double y = places.number("Y", i);
      double radius = Math.hypot(Math.hypot(x, y), places.number("Z", i));
      if (Double.isFinite(radius)) {
        sum += radius;
        count++;
      }
    }
    double mean = count == 0 ? Double.NaN : sum / count;
    return mean < 0.25 ? 1 : mean < 2.5 ? 0.1 : mean < 25 ? 0.01 : 0.001;
  }

  private List<Annotation> annotations(MatStruct eeg) throws SampleException {
    Optional<MatStruct> events = eeg.struct("event");
    List<Annotation> list = new ArrayList<>();
    int count = events.isPresent() ? events.get().size() : 0;
    if (count > MOST_EVENTS) {
      throw Faults.tooLarge("Cannot hold " + count + " events of one file", -1);
    }
    for (int i = 0; i < count; i++) {
      double latency = events.get().number("latency", i);
      double duration = events.get().number("duration", i);
      String text = events.get().text("type", i);
      if (text.isEmpty()) {
        double number = events.get().number("type", i);
        text = number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
      }
      if (Double.isFinite(latency)) {
        list.add(
            new Annotation(
                (latency - 1) / rate,
                Double.isFinite(duration) ? duration / rate : 0,
                text,
                List.of()));
      }
    }
    list.sort(Comparator.comparingDouble(Annotation::onsetS));
    return Collections.unmodifiableList(list);
  }

  @Override
  public String format() {
    return "eeglab";
  }

  @Override
  public List<Channel> channels() {
    return channels;
  }

  @Override
  public List<Double> runStarts() {
    return runFrames.subList(0, runFrames.size() - 1).stream().map(frame -> frame / rate).toList();
  }

  @Override
  public long frames(int run, int channel) {
    return runFrames.get(run + 1) - runFrames.get(run);
  }

  @Override
  public List<Annotation> annotations() {
    return annotations;
  }

  @Override
  public void read(int run, long start, int count, int[] wanted, double[][] target)
      throws SampleException {
    long from = runFrames.get(run) + start;
    if (beside.isPresent()) {
      beside.get().read(0, from, count, wanted, target, 0);
      return;
    }
    MatStruct.Numbers values = inside.get();
    for (int i = 0; i < wanted.length; i++) {
      int at = Math.toIntExact(from * channelCount) + wanted[i];
      for (int k = 0; k < count; k++, at += channelCount) {
        target[i][k] = values.get(at) * MICROVOLT;
      }
    }
  }
}
