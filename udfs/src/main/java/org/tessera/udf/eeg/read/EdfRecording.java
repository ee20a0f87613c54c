package org.tessera.udf.eeg.read;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * EDF, EDF+, BDF and BDF+. A value is {@code (digital · gain + offset) · unit} in double precision,
 * with {@code gain = (physMax − physMin) / (digMax − digMin)} and {@code offset = physMin − digMin
 * · gain}, in MNE's order of operations, so that the doubles are equal to MNE's. Trigger channels
 * ({@code Status}, {@code Trigger}) give the lower 17 bits, as in MNE.
 */
final class EdfRecording implements Recording {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int BUFFER = 1 << 20;
  private static final int TRIGGER_BITS = (1 << 17) - 1;

  /** The label of signals that only keep a place in a montage, as the CHB-MIT recordings have. */
  private static final String PLACEHOLDER = "-";

  private final ByteSource source;
  private final EdfHeader header;
  private final List<Channel> channels;
  private final List<Annotation> annotations;
  private final List<Double> runStarts = new ArrayList<>();

  /** The first record of each run, and the number of records at the end. */
  private final List<Long> runRecords = new ArrayList<>();

  private final int[] signals;
  private final double[] gains;
  private final double[] shifts;
  private final double[] units;
  private final boolean[] triggers;
  private byte[] buffer = new byte[0];

  private EdfRecording(ByteSource source, EdfHeader header) throws SampleException {
    this.source = source;
    this.header = header;
    List<Integer> signalNumbers = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < header.signals.size(); i++) {
      if (!header.signals.get(i).isAnnotation()) {
        signalNumbers.add(i);
        labels.add(header.signals.get(i).label());
      }
    }
    signals = signalNumbers.stream().mapToInt(Integer::intValue).toArray();
    gains = new double[signals.length];
    shifts = new double[signals.length];
    units = new double[signals.length];
    triggers = new boolean[signals.length];
    List<String> names = ChannelNames.unique(labels);
    List<Channel> list = new ArrayList<>();
    for (int i = 0; i < signals.length; i++) {
      list.add(channel(i, names));
    }
    channels = Collections.unmodifiableList(list);
    EdfAnnotations.Result marks = EdfAnnotations.read(source, header, new HashSet<>(names));
    annotations = marks.annotations();
    splitIntoRuns(marks.recordOnsets());
  }

  static EdfRecording open(ByteSource source, Limits limits, RecordCount rule)
      throws SampleException {
    return new EdfRecording(source, EdfHeader.read(source, limits, rule));
  }

  private Channel channel(int index, List<String> names) {
    EdfHeader.Signal signal = header.signals.get(signals[index]);
    double rate = signal.samples() / header.recordSeconds;
    Optional<SampleException> fault = fault(signal);
    boolean trigger = isTrigger(index, names);
    triggers[index] = trigger;
    gains[index] =
        (signal.physicalMax() - signal.physicalMin()) / (signal.digitalMax() - signal.digitalMin());
    shifts[index] = signal.physicalMin() - signal.digitalMin() * gains[index];
    units[index] = trigger ? 1 : unit(signal.unit());
    if (trigger && header.biosemi) {
      gains[index] = 1;
      shifts[index] = 0;
      fault = Optional.empty();
    }
    return new Channel(
        names.get(index),
        trigger ? ChannelKind.STIM : kind(signal),
        rate,
        trigger ? "" : isVoltage(signal.unit()) ? "V" : signal.unit(),
        Channel.NOWHERE,
        false,
        fault);
  }

  private static Optional<SampleException> fault(EdfHeader.Signal signal) {
    String what = "Cannot scale EDF signal " + signal.label() + ": its ";
    if (signal.digitalMin() == signal.digitalMax()) {
      return Optional.of(
          Faults.malformed(
              what + "digital minimum and maximum are both " + signal.digitalMin(), signal.at()));
    }
    if (signal.physicalMin() == signal.physicalMax()) {
      return Optional.of(
          Faults.malformed(
              what + "physical minimum and maximum are both " + signal.physicalMin(), signal.at()));
    }
    if (signal.samples() == 0) {
      return Optional.of(Faults.malformed(what + "data records are empty", signal.at()));
    }
    return Optional.empty();
  }

  /** MNE's automatic choice: the first channels called status and trigger, in any case. */
  private static boolean isTrigger(int index, List<String> names) {
    String name = names.get(index).toLowerCase(Locale.ROOT);
    if (!name.equals("status") && !name.equals("trigger")) {
      return false;
    }
    for (int i = 0; i < index; i++) {
      if (names.get(i).toLowerCase(Locale.ROOT).equals(name)) {
        return false;
      }
    }
    return true;
  }

  private static ChannelKind kind(EdfHeader.Signal signal) {
    if (signal.label().equals(PLACEHOLDER)) {
      return ChannelKind.MISC;
    }
    int space = signal.label().indexOf(' ');
    if (space > 0) {
      Optional<ChannelKind> kind = ChannelKind.of(signal.label().substring(0, space));
      if (kind.isPresent()) {
        return kind.get();
      }
    }
    return isVoltage(signal.unit()) || signal.unit().isEmpty() ? ChannelKind.EEG : ChannelKind.MISC;
  }

  private static boolean isVoltage(String unit) {
    return unit.equals("V") || unit(unit) != 1;
  }

  private static double unit(String unit) {
    return switch (unit) {
      // The second is the micro sign in Shift-JIS, read as Latin-1.
      case "uV", "\u00b5V", "\u0083\u00caV" -> 1e-6;
      case "mV" -> 1e-3;
      case "nV" -> 1e-9;
      default -> 1;
    };
  }

  private void splitIntoRuns(double[] onsets) throws SampleException {
    runStarts.add(0.0);
    runRecords.add(0L);
    double fastest = channels.stream().mapToDouble(Channel::rate).max().orElse(0);
    for (int record = 1; record < onsets.length; record++) {
      double gap = onsets[record] - onsets[record - 1] - header.recordSeconds;
      if (gap < -0.5 / fastest) {
        throw Faults.malformed(
            "Cannot read EDF+D: data record " + record + " starts before the one before it ends",
            header.headerBytes + record * header.recordBytes());
      }
      if (gap > 0.5 / fastest) {
        runStarts.add(onsets[record] - onsets[0]);
        runRecords.add((long) record);
      }
    }
    runRecords.add(header.records);
  }

  @Override
  public String format() {
    return header.biosemi ? "bdf" : "edf";
  }

  @Override
  public List<Channel> channels() {
    return channels;
  }

  @Override
  public List<Double> runStarts() {
    return Collections.unmodifiableList(runStarts);
  }

  @Override
  public List<Annotation> annotations() {
    return annotations;
  }

  @Override
  public long frames(int run, int channel) {
    return (runRecords.get(run + 1) - runRecords.get(run)) * samples(channel);
  }

  private int samples(int channel) {
    return header.signals.get(signals[channel]).samples();
  }

  @Override
  public void read(int run, long start, int count, int[] wanted, double[][] target)
      throws SampleException {
    int samples = samples(wanted[0]);
    long recordBytes = header.recordBytes();
    int perRead = (int) Math.max(1, BUFFER / recordBytes);
    for (int done = 0; done < count; ) {
      long record = (start + done) / samples;
      int skip = (int) ((start + done) % samples);
      int records = (int) Math.min(perRead, (skip + (long) (count - done) + samples - 1) / samples);
      int take = (int) Math.min(count - done, (long) records * samples - skip);
      long at = header.headerBytes + (runRecords.get(run) + record) * recordBytes;
      if (recordBytes <= BUFFER) {
        fill(at, (int) (records * recordBytes));
        for (int i = 0; i < wanted.length; i++) {
          decodeRecords(wanted[i], skip, take, target[i], done);
        }
      } else {
        take = Math.min(take, BUFFER / header.sampleBytes());
        for (int i = 0; i < wanted.length; i++) {
          long offset = header.offsets[signals[wanted[i]]] + (long) skip * header.sampleBytes();
          fill(at + offset, take * header.sampleBytes());
          decode(wanted[i], 0, take, target[i], done);
        }
      }
      done += take;
    }
  }

  private void fill(long at, int length) throws SampleException {
    if (buffer.length < length) {
      buffer = new byte[length];
    }
    Faults.readFully(source, at, buffer, length, "EDF data");
  }

  /** Decodes {@code take} samples that lie spread over the records in the buffer. */
  private void decodeRecords(int channel, int skip, int take, double[] target, int at) {
    int samples = samples(channel);
    int bytes = header.sampleBytes();
    int recordBytes = (int) header.recordBytes();
    int first = (int) header.offsets[signals[channel]];
    int from = skip;
    for (int done = 0, record = 0; done < take; record++) {
      int part = Math.min(take - done, samples - from);
      decode(channel, record * recordBytes + first + from * bytes, part, target, at + done);
      done += part;
      from = 0;
    }
  }

  private void decode(int channel, int position, int count, double[] target, int at) {
    double gain = gains[channel];
    double shift = shifts[channel];
    double unit = units[channel];
    byte[] bytes = buffer;
    if (header.biosemi) {
      for (int i = 0, p = position; i < count; i++, p += 3) {
        int digital = (bytes[p] & 0xff) | (bytes[p + 1] & 0xff) << 8 | bytes[p + 2] << 16;
        target[at + i] = (digital * gain + shift) * unit;
      }
    } else {
      for (int i = 0, p = position; i < count; i++, p += 2) {
        short digital = (short) SHORT.get(bytes, p);
        target[at + i] = (digital * gain + shift) * unit;
      }
    }
    if (triggers[channel]) {
      for (int i = at; i < at + count; i++) {
        target[i] = (long) target[i] & TRIGGER_BITS;
      }
    }
  }
}
