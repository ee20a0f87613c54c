package org.tessera.udf.eeg.read;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.SampleException;

/**
 * The time-stamped annotation lists (TALs) of an EDF+ or BDF+ file, and the onset of each record
 * that the first list of a record tells.
 */
final class EdfAnnotations {
  private static final int MOST = 1_000_000;
  private static final Pattern ONSET = Pattern.compile("[+-]\\d+\\.?\\d*");
  private static final Pattern DURATION = Pattern.compile("\\d+\\.?\\d*");
  private static final byte END_OF_TEXT = 0x14;
  private static final byte BEFORE_DURATION = 0x15;

  private final EdfHeader header;
  private final Set<String> channelNames;
  private final Map<String, Annotation> found = new LinkedHashMap<>();
  private final double[] onsets;

  private EdfAnnotations(EdfHeader header, Set<String> channelNames) throws SampleException {
    this.header = header;
    this.channelNames = channelNames;
    this.onsets = new double[header.discontinuous ? Math.toIntExact(header.records) : 1];
  }

  /** The annotations and, when the file is discontinuous, the onset of each record in seconds. */
  record Result(List<Annotation> annotations, double[] recordOnsets) {}

  static Result read(ByteSource source, EdfHeader header, Set<String> channelNames)
      throws SampleException {
    EdfAnnotations annotations = new EdfAnnotations(header, channelNames);
    int tals = 0;
    for (int signal = 0; signal < header.signals.size(); signal++) {
      if (header.signals.get(signal).isAnnotation()) {
        annotations.scan(source, signal, tals++ == 0);
      }
    }
    if (header.discontinuous && tals == 0) {
      throw Faults.malformed(
          "Cannot read EDF+D: no annotation signal tells when its records start", 192);
    }
    List<Annotation> list = new ArrayList<>();
    for (Annotation annotation : annotations.found.values()) {
      list.add(
          new Annotation(
              annotation.onsetS() - annotations.onsets[0],
              annotation.durationS(),
              annotation.text(),
              annotation.channels()));
    }
    list.sort(java.util.Comparator.comparingDouble(Annotation::onsetS));
    return new Result(Collections.unmodifiableList(list), annotations.onsets);
  }

  private void scan(ByteSource source, int signal, boolean keepsTime) throws SampleException {
    int length = header.signals.get(signal).samples() * header.sampleBytes();
    byte[] bytes = new byte[Math.toIntExact(Math.min(length, source.size()))];
    for (long record = 0; record < header.records; record++) {
      long at = header.headerBytes + record * header.recordBytes() + header.offsets[signal];
      Faults.readFully(source, at, bytes, bytes.length, "annotations");
      boolean timed = false;
      for (int start = 0; start < bytes.length; ) {
        int end = start;
        while (end < bytes.length && bytes[end] != 0) {
          end++;
        }
        if (end > start) {
          double onset = list(bytes, start, end);
          if (keepsTime && !timed && !Double.isNaN(onset)) {
            timed = true;
            if (record < onsets.length) {
              onsets[(int) record] = onset;
            }
          }
        }
        start = end + 1;
      }
      if (keepsTime && !timed && header.discontinuous) {
        throw Faults.malformed(
            "Cannot read EDF+D: nothing tells when data record " + record + " starts", at);
      }
    }
  }

  /** Takes one list; gives its onset, or NaN when the bytes are none. */
  private double list(byte[] bytes, int start, int end) throws SampleException {
    int stamp = indexOf(bytes, start, end, END_OF_TEXT);
    if (stamp < 0 || bytes[end - 1] != END_OF_TEXT) {
      return Double.NaN;
    }
    int durationAt = indexOf(bytes, start, stamp, BEFORE_DURATION);
    double onset = seconds(bytes, start, durationAt < 0 ? stamp : durationAt, true);
    double duration = durationAt < 0 ? 0 : seconds(bytes, durationAt + 1, stamp, false);
    if (Double.isNaN(onset) || Double.isNaN(duration)) {
      return Double.NaN;
    }
    for (int at = stamp + 1; at < end; ) {
      int next = indexOf(bytes, at, end, END_OF_TEXT);
      if (next > at) {
        add(onset, duration, text(bytes, at, next - at));
      }
      at = next + 1;
    }
    return onset;
  }

  private void add(double onset, double duration, String text) throws SampleException {
    int at = text.indexOf("@@");
    String name = at < 0 ? "" : text.substring(at + 2);
    boolean named = at >= 0 && channelNames.contains(name);
    String label = named ? text.substring(0, at) : text;
    String key = onset + "_" + duration + "_" + label;
    Annotation same = found.get(key);
    if (same != null && named) {
      List<String> channels = new ArrayList<>(same.channels());
      channels.add(name);
      found.put(key, new Annotation(onset, duration, label, channels));
      return;
    }
    if (same != null) {
      key += "_" + found.size();
    }
    if (found.size() >= MOST) {
      throw Faults.tooLarge("Cannot hold more than " + MOST + " annotations of one file", -1);
    }
    found.put(key, new Annotation(onset, duration, label, named ? List.of(name) : List.of()));
  }

  private static int indexOf(byte[] bytes, int start, int end, byte wanted) {
    for (int i = start; i < end; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static double seconds(byte[] bytes, int start, int end, boolean signed) {
    String text = new String(bytes, start, end - start, ISO_8859_1);
    Pattern pattern = signed ? ONSET : DURATION;
    return pattern.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
  }

  /** UTF-8, or Latin-1 where the bytes are no UTF-8. */
  private static String text(byte[] bytes, int start, int length) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, start, length)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, start, length, ISO_8859_1);
    }
  }
}
