package org.tessera.udf.points.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tessera.udf.sample.SampleException;

/** A PCD file's header. */
final class PcdHeader {
  private static final int MOST_LINES = 1000;

  /** One field; its values are {@code count} numbers of one type. */
  record Field(String name, NumberType type, int count, int offset) {
    int bytes() {
      return type.bytes() * count;
    }
  }

  private List<String> names = List.of();
  private List<String> sizes = List.of();
  private List<String> types = List.of();
  private List<String> counts = List.of();
  private long width = -1;
  private long height = 1;
  private long points = -1;
  private long countOffset;
  private String data = "";
  private List<Field> fields = List.of();

  private PcdHeader() {}

  static PcdHeader read(Bytes in, Lines lines) throws SampleException {
    PcdHeader header = new PcdHeader();
    while (header.data.isEmpty()) {
      if (!lines.nextBeforeComment()) {
        throw Bad.truncated(in.format(), "it ends inside the header", in.size());
      }
      if (lines.number() > MOST_LINES) {
        throw lines.malformed("still belongs to the header");
      }
      header.line(lines);
    }
    lines.leave();
    header.finish(in, lines);
    return header;
  }

  private void line(Lines lines) throws SampleException {
    List<String> values = new ArrayList<>();
    for (int i = 1; i < lines.words(); i++) {
      values.add(lines.text(i));
    }
    String key = lines.text(0).toUpperCase(Locale.ROOT);
    switch (key) {
      case "FIELDS", "COLUMNS" -> names = values;
      case "SIZE" -> sizes = values;
      case "TYPE" -> types = values;
      case "COUNT" -> counts = values;
      case "WIDTH" -> {
        lines.needWords(2);
        width = lines.integer(1);
        countOffset = lines.offset(1);
      }
      case "HEIGHT" -> {
        lines.needWords(2);
        height = lines.integer(1);
      }
      case "POINTS" -> {
        lines.needWords(2);
        points = lines.integer(1);
        countOffset = lines.offset(1);
        if (points < 0) {
          throw lines.malformed("gives a negative number of points");
        }
      }
      case "DATA" -> {
        lines.needWords(2);
        data = lines.text(1).toLowerCase(Locale.ROOT);
      }
      default -> {} // the version, the viewpoint, and lines that are not for the points
    }
  }

  private void finish(Bytes in, Lines lines) throws SampleException {
    int n = names.size();
    if (n == 0
        || sizes.size() != n
        || types.size() != n
        || !(counts.isEmpty() || counts.size() == n)) {
      throw lines.malformed(
          "ends a header with "
              + n
              + " fields, "
              + sizes.size()
              + " sizes, "
              + types.size()
              + " types and "
              + counts.size()
              + " counts");
    }
    if (width < 0 && points < 0 || height < 0) {
      throw lines.malformed("ends a header without the number of points");
    }
    if (width >= 0 && (width > Integer.MAX_VALUE || height > Integer.MAX_VALUE)) {
      throw Bad.malformed(
          in.format(), "it claims " + width + " by " + height + " points", countOffset);
    }
    if (points < 0) {
      points = width * height;
    } else if (width >= 0 && points != width * height) {
      throw Bad.malformed(
          in.format(),
          "it claims " + points + " points, and " + width + " by " + height,
          countOffset);
    }
    List<Field> found = new ArrayList<>();
    int offset = 0;
    for (int i = 0; i < n; i++) {
      NumberType type = type(types.get(i), sizes.get(i));
      int count = counts.isEmpty() ? 1 : count(counts.get(i));
      if (type == null || count < 0) {
        throw lines.malformed(
            "ends a header with the field "
                + names.get(i)
                + " of type "
                + types.get(i)
                + ", size "
                + sizes.get(i));
      }
      Field field = new Field(names.get(i), type, count, offset);
      found.add(field);
      offset += field.bytes();
    }
    fields = List.copyOf(found);
  }

  private static int count(String text) {
    try {
      int count = Integer.parseInt(text);
      return count <= 65_536 ? count : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static NumberType type(String type, String size) {
    return switch (type.toUpperCase(Locale.ROOT) + size) {
      case "I1" -> NumberType.I8;
      case "I2" -> NumberType.I16;
      case "I4" -> NumberType.I32;
      case "I8" -> NumberType.I64;
      case "U1" -> NumberType.U8;
      case "U2" -> NumberType.U16;
      case "U4" -> NumberType.U32;
      case "U8" -> NumberType.U64;
      case "F4" -> NumberType.F32;
      case "F8" -> NumberType.F64;
      default -> null;
    };
  }

  /** The fields, in file order. */
  List<Field> fields() {
    return fields;
  }

  /** Their names. */
  List<String> names() {
    return names;
  }

  long points() {
    return points;
  }

  /** Where the number of points stands. */
  long countOffset() {
    return countOffset;
  }

  /** {@code ascii}, {@code binary} or {@code binary_compressed}; or what stands there instead. */
  String data() {
    return data;
  }

  /** Bytes of one point. */
  int stride() {
    int stride = 0;
    for (Field field : fields) {
      stride += field.bytes();
    }
    return stride;
  }
}
