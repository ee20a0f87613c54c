package org.tessera.udf.eeg;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.tessera.udf.eeg.read.Annotation;

/**
 * Writes EDF+C files: 16 bits over the symmetric range of each channel, volts as microvolts and
 * tesla as femtotesla.
 */
final class EdfWriter {
  private static final int DIGITAL = 32767;
  private static final int FIELD = 8;

  private final List<String> names;
  private final List<String> units;
  private final double rate;
  private final double[][] values;
  private final List<Annotation> annotations;

  /**
   * Prepares a file.
   *
   * @param units SI units of the channels
   * @param values one row per channel, all of one length, at least 1
   */
  EdfWriter(
      List<String> names,
      List<String> units,
      double rate,
      double[][] values,
      List<Annotation> annotations) {
    this.names = names;
    this.units = units;
    this.rate = rate;
    this.values = values;
    this.annotations = annotations;
  }

  byte[] toBytes() {
    int length = values[0].length;
    int perRecord = samplesPerRecord(length);
    int records = (length + perRecord - 1) / perRecord;
    double recordSeconds = perRecord / rate;
    byte[][] lists = annotationLists(records, recordSeconds);
    int listBytes = 0;
    for (byte[] list : lists) {
      listBytes = Math.max(listBytes, list.length + list.length % 2);
    }
    double[] factors = new double[names.size()];
    double[] ranges = new double[names.size()];
    for (int row = 0; row < factors.length; row++) {
      factors[row] = factor(units.get(row));
      ranges[row] = range(values[row], factors[row]);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    header(out, records, recordSeconds, perRecord, listBytes / 2, ranges);
    for (int record = 0; record < records; record++) {
      for (int row = 0; row < values.length; row++) {
        for (int i = record * perRecord; i < (record + 1) * perRecord; i++) {
          double value = i < length ? values[row][i] * factors[row] : 0;
          int digital = (int) Math.rint(value / ranges[row] * DIGITAL);
          int bounded = Math.max(-DIGITAL, Math.min(DIGITAL, digital));
          out.write(bounded);
          out.write(bounded >> 8);
        }
      }
      out.writeBytes(java.util.Arrays.copyOf(lists[record], listBytes));
    }
    return out.toByteArray();
  }

  /** A divisor of the length near one second, so that nothing is filled up; else one second. */
  private int samplesPerRecord(int length) {
    int second = (int) Math.max(1, Math.round(rate));
    for (int samples = Math.min(second, length); samples >= Math.max(1, second / 4); samples--) {
      if (length % samples == 0) {
        return samples;
      }
    }
    for (int samples = second; samples <= Math.min(length, 8 * second); samples++) {
      if (length % samples == 0) {
        return samples;
      }
    }
    return Math.min(second, length);
  }

  private byte[][] annotationLists(int records, double recordSeconds) {
    byte[][] lists = new byte[records][];
    for (int record = 0; record < records; record++) {
      double start = record * recordSeconds;
      StringBuilder text = new StringBuilder("+" + seconds(start) + "\u0014\u0014\0");
      for (Annotation annotation : annotations) {
        if (Math.min((int) (annotation.onsetS() / recordSeconds), records - 1) == record) {
          text.append('+').append(seconds(annotation.onsetS()));
          if (annotation.durationS() > 0) {
            text.append('\u0015').append(seconds(annotation.durationS()));
          }
          text.append('\u0014').append(annotation.text()).append("\u0014\0");
        }
      }
      lists[record] = text.toString().getBytes(UTF_8);
    }
    return lists;
  }

  private static String seconds(double value) {
    return new BigDecimal(value)
        .setScale(6, RoundingMode.HALF_EVEN)
        .stripTrailingZeros()
        .toPlainString();
  }

  private void header(
      ByteArrayOutputStream out,
      int records,
      double recordSeconds,
      int perRecord,
      int listSamples,
      double[] ranges) {
    int signals = names.size() + 1;
    field(out, "0", 8);
    field(out, "X X X X", 80);
    field(out, "Startdate 01-JAN-2000 X X X", 80);
    field(out, "01.01.00" + "00.00.00", 16);
    field(out, Integer.toString(256 * (signals + 1)), 8);
    field(out, "EDF+C", 44);
    field(out, Integer.toString(records), 8);
    field(out, number(recordSeconds), 8);
    field(out, Integer.toString(signals), 4);
    List<List<String>> columns = new ArrayList<>();
    for (int row = 0; row < names.size(); row++) {
      columns.add(
          List.of(
              names.get(row),
              "",
              unit(units.get(row)),
              "-" + number(ranges[row]),
              number(ranges[row]),
              "-" + DIGITAL,
              Integer.toString(DIGITAL),
              "",
              Integer.toString(perRecord),
              ""));
    }
    columns.add(
        List.of(
            "EDF Annotations",
            "",
            "",
            "-1",
            "1",
            "-32768",
            "32767",
            "",
            Integer.toString(listSamples),
            ""));
    int[] widths = {16, 80, 8, 8, 8, 8, 8, 80, 8, 32};
    for (int field = 0; field < widths.length; field++) {
      for (List<String> column : columns) {
        field(out, column.get(field), widths[field]);
      }
    }
  }

  private static void field(ByteArrayOutputStream out, String text, int width) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    for (int i = 0; i < width; i++) {
      out.write(i < bytes.length ? bytes[i] : ' ');
    }
  }

  /** The largest magnitude, rounded up to a number that fits its field with a sign. */
  private static double range(double[] values, double factor) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value * factor));
    }
    return largest == 0 || !Double.isFinite(largest) ? 1 : Double.parseDouble(number(largest));
  }

  /** At most seven characters with as many digits as fit; rounded away from zero. */
  static String number(double value) {
    for (int digits = FIELD - 1; digits > 0; digits--) {
      BigDecimal rounded =
          new BigDecimal(value)
              .round(new MathContext(digits, RoundingMode.UP))
              .stripTrailingZeros();
      String plain = rounded.toPlainString();
      if (plain.length() < FIELD) {
        return plain;
      }
      int exponent = rounded.precision() - rounded.scale() - 1;
      String scientific = rounded.movePointLeft(exponent).toPlainString() + "e" + exponent;
      if (scientific.length() < FIELD) {
        return scientific;
      }
    }
    throw new IllegalArgumentException("Cannot write " + value + " in an EDF header");
  }

  private static String unit(String unit) {
    return switch (unit) {
      case "V" -> "uV";
      case "T" -> "fT";
      case "T/m" -> "fT/m";
      default -> unit;
    };
  }

  private static double factor(String unit) {
    return switch (unit) {
      case "V" -> 1e6;
      case "T", "T/m" -> 1e15;
      default -> 1;
    };
  }
}
