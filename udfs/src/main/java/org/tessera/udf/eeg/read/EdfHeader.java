package org.tessera.udf.eeg.read;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * The header of an EDF, EDF+, BDF or BDF+ file (Kemp et al. 1992, Kemp and Olivan 2003; BioSemi's
 * 24-bit variant), checked against the size of the file.
 */
final class EdfHeader {
  private static final int FIXED = 256;
  private static final int PER_SIGNAL = 256;

  /** One signal's fields as they are written; {@code at} is where its digital minimum stands. */
  record Signal(
      String label,
      String unit,
      double physicalMin,
      double physicalMax,
      double digitalMin,
      double digitalMax,
      int samples,
      long at) {
    boolean isAnnotation() {
      return label.equals("EDF Annotations") || label.equals("BDF Annotations");
    }
  }

  final boolean biosemi;
  final boolean discontinuous;
  final int headerBytes;
  final long records;
  final double recordSeconds;
  final List<Signal> signals;

  /** Byte offset of each signal in a record, and the record's size at the end. */
  final long[] offsets;

  private EdfHeader(
      boolean biosemi,
      boolean discontinuous,
      int headerBytes,
      long records,
      double recordSeconds,
      List<Signal> signals,
      long[] offsets) {
    this.biosemi = biosemi;
    this.discontinuous = discontinuous;
    this.headerBytes = headerBytes;
    this.records = records;
    this.recordSeconds = recordSeconds;
    this.signals = signals;
    this.offsets = offsets;
  }

  int sampleBytes() {
    return biosemi ? 3 : 2;
  }

  long recordBytes() {
    return offsets[offsets.length - 1];
  }

  static EdfHeader read(ByteSource source, Limits limits, RecordCount rule) throws SampleException {
    byte[] fixed = Faults.readFully(source, 0, FIXED, "the EDF header");
    boolean biosemi = (fixed[0] & 0xff) == 0xff;
    String reserved = text(fixed, 192, 44);
    int count = (int) whole(fixed, 252, 4, 0, "the number of signals");
    if (count < 1) {
      throw Faults.malformed("Cannot read EDF: it has " + count + " signals", 252);
    }
    long headerBytes = FIXED + (long) PER_SIGNAL * count;
    if (headerBytes > source.size()) {
      throw Faults.truncated(
          "Cannot read EDF: "
              + count
              + " signals need a header of "
              + headerBytes
              + " bytes and the file has "
              + source.size(),
          count > limits.channels() ? 252 : source.size());
    }
    if (count > limits.channels() + 8) {
      throw Faults.tooLarge(
          "Cannot read EDF: "
              + count
              + " signals are more than "
              + limits.channels()
              + " (raise limits.channels)",
          252);
    }
    long written = whole(fixed, 184, 8, 0, "the header size");
    if (written != headerBytes) {
      throw Faults.malformed(
          "Cannot read EDF: the header says it has "
              + written
              + " bytes, but "
              + count
              + " signals need "
              + headerBytes,
          184);
    }
    double seconds = number(fixed, 244, 8, 0, "the record duration");
    List<Signal> signals =
        signals(Faults.readFully(source, FIXED, PER_SIGNAL * count, "the signal headers"), count);
    long[] offsets = new long[count + 1];
    for (int i = 0; i < count; i++) {
      offsets[i + 1] = offsets[i] + (long) signals.get(i).samples() * (biosemi ? 3 : 2);
    }
    long records = records(whole(fixed, 236, 8, 0, "the number of records"), source, offsets, rule);
    if (!(seconds > 0)) {
      throw Faults.malformed(
          "Cannot read EDF: a data record lasts " + seconds + " seconds (no rate follows)", 244);
    }
    if (records * seconds > limits.seconds()) {
      throw Faults.tooLarge(
          "Cannot read EDF: "
              + records * seconds
              + " seconds are more than "
              + limits.seconds()
              + " (raise limits.seconds)",
          236);
    }
    boolean discontinuous = reserved.startsWith("EDF+D") || reserved.startsWith("BDF+D");
    return new EdfHeader(
        biosemi, discontinuous, (int) headerBytes, records, seconds, signals, offsets);
  }

  /** The number of data records, by what the header says and by what the file holds. */
  private static long records(long written, ByteSource source, long[] offsets, RecordCount rule)
      throws SampleException {
    long recordBytes = offsets[offsets.length - 1];
    long headerBytes = FIXED + (long) PER_SIGNAL * (offsets.length - 1);
    long dataBytes = source.size() - headerBytes;
    if (recordBytes == 0) {
      throw Faults.malformed(
          "Cannot read EDF: its data records are empty", FIXED + 216L * (offsets.length - 1));
    }
    long held = dataBytes / recordBytes;
    if (written < -1 || (written == 0 && held == 0)) {
      throw Faults.malformed("Cannot read EDF: it has " + written + " data records", 236);
    }
    if (held == 0) {
      throw Faults.truncated(
          "Cannot read EDF: a data record has "
              + recordBytes
              + " bytes and only "
              + dataBytes
              + " follow the header",
          source.size());
    }
    if (written == -1 || rule == RecordCount.INFER) {
      return held;
    }
    if (written > held) {
      throw Faults.truncated(
          "Cannot read EDF: the header says "
              + written
              + " data records and the file holds "
              + held
              + " (copy it again, or use recording.records: infer)",
          source.size());
    }
    if (written < held || dataBytes != written * recordBytes) {
      throw Faults.malformed(
          "Cannot read EDF: the header says "
              + written
              + " data records, but "
              + (dataBytes - written * recordBytes)
              + " bytes follow them (use recording.records: infer to read all whole records)",
          headerBytes + written * recordBytes);
    }
    return written;
  }

  private static List<Signal> signals(byte[] bytes, int count) throws SampleException {
    List<Signal> signals = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int samples = 216 * count + 8 * i;
      long perRecord = whole(bytes, samples, 8, FIXED, "the samples per record of signal " + i);
      if (perRecord < 0 || perRecord > Integer.MAX_VALUE / 8) {
        throw Faults.malformed(
            "Cannot read EDF: signal " + i + " has " + perRecord + " samples per record",
            FIXED + samples);
      }
      signals.add(
          new Signal(
              new String(bytes, 16 * i, 16, ISO_8859_1).strip(),
              new String(bytes, 96 * count + 8 * i, 8, ISO_8859_1).strip(),
              number(bytes, 104 * count + 8 * i, 8, FIXED, "the physical minimum of signal " + i),
              number(bytes, 112 * count + 8 * i, 8, FIXED, "the physical maximum of signal " + i),
              number(bytes, 120 * count + 8 * i, 8, FIXED, "the digital minimum of signal " + i),
              number(bytes, 128 * count + 8 * i, 8, FIXED, "the digital maximum of signal " + i),
              (int) perRecord,
              FIXED + 120L * count + 8L * i));
    }
    if (signals.stream().allMatch(Signal::isAnnotation)) {
      throw Faults.unsupported(
          "Cannot read EDF: it has annotations and no signals (tokenize the recording that they"
              + " belong to)",
          252);
    }
    return signals;
  }

  private static String text(byte[] bytes, int at, int length) {
    String text = new String(bytes, at, length, ISO_8859_1);
    int end = text.indexOf('\0');
    return (end < 0 ? text : text.substring(0, end)).strip();
  }

  private static long whole(byte[] bytes, int at, int length, long base, String what)
      throws SampleException {
    String text = text(bytes, at, length);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw Faults.malformed(
          "Cannot read EDF: " + what + " is '" + text + "' (not a whole number)", base + at);
    }
  }

  private static double number(byte[] bytes, int at, int length, long base, String what)
      throws SampleException {
    String text = text(bytes, at, length).replace(',', '.');
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // reported below, as a number that is not finite is
    }
    throw Faults.malformed(
        "Cannot read EDF: " + what + " is '" + text + "' (not a number)", base + at);
  }
}
