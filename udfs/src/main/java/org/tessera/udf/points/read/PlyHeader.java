package org.tessera.udf.points.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tessera.udf.sample.SampleException;

/** A PLY file's header. */
final class PlyHeader {
  private static final int MOST_LINES = 10_000;

  private static final Map<String, NumberType> TYPES =
      Map.ofEntries(
          Map.entry("char", NumberType.I8),
          Map.entry("int8", NumberType.I8),
          Map.entry("uchar", NumberType.U8),
          Map.entry("uint8", NumberType.U8),
          Map.entry("short", NumberType.I16),
          Map.entry("int16", NumberType.I16),
          Map.entry("ushort", NumberType.U16),
          Map.entry("uint16", NumberType.U16),
          Map.entry("int", NumberType.I32),
          Map.entry("int32", NumberType.I32),
          Map.entry("uint", NumberType.U32),
          Map.entry("uint32", NumberType.U32),
          Map.entry("float", NumberType.F32),
          Map.entry("float32", NumberType.F32),
          Map.entry("double", NumberType.F64),
          Map.entry("float64", NumberType.F64));

  /** How the values are written. */
  enum Encoding {
    ASCII,
    LITTLE,
    BIG
  }

  /**
   * One property.
   *
   * @param length the type of a list's length, or null for a single value
   */
  record Property(String name, NumberType type, NumberType length) {
    boolean isList() {
      return length != null;
    }
  }

  /** One element: rows of properties. */
  record Element(String name, long count, List<Property> properties, long offset) {
    boolean hasLists() {
      return properties.stream().anyMatch(Property::isList);
    }

    /** Bytes of a row without lists. */
    int stride() {
      return properties.stream().mapToInt(property -> property.type().bytes()).sum();
    }

    /** The names of the properties, an empty one for lists. */
    List<String> columns() {
      return properties.stream().map(property -> property.isList() ? "" : property.name()).toList();
    }
  }

  final Encoding encoding;
  final List<Element> elements;

  private PlyHeader(Encoding encoding, List<Element> elements) {
    this.encoding = encoding;
    this.elements = elements;
  }

  /** Reads the header; the source then stands at the first value. */
  static PlyHeader read(Bytes in, Lines lines) throws SampleException {
    if (!lines.next() || lines.split() != 1 || !lines.text(0).equals("ply")) {
      throw Bad.malformed(in.format(), "it does not begin with \"ply\"", 0);
    }
    Encoding encoding = null;
    List<Element> elements = new ArrayList<>();
    while (true) {
      if (!lines.next()) {
        throw Bad.truncated(in.format(), "it ends inside the header", in.size());
      }
      if (lines.number() > MOST_LINES) {
        throw lines.malformed("still belongs to the header");
      }
      if (lines.split() == 0) {
        continue;
      }
      switch (lines.text(0)) {
        case "comment", "obj_info" -> {}
        case "format" -> encoding = encoding(lines);
        case "element" -> elements.add(element(lines));
        case "property" -> property(lines, elements);
        case "end_header" -> {
          lines.leave();
          if (encoding == null) {
            throw lines.malformed("ends a header without a format line");
          }
          return new PlyHeader(encoding, elements);
        }
        default -> throw lines.malformed("is no header line: \"" + head(lines.text()) + "\"");
      }
    }
  }

  private static String head(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "..." : text;
  }

  private static Encoding encoding(Lines lines) throws SampleException {
    lines.needWords(2);
    return switch (lines.text(1)) {
      case "ascii" -> Encoding.ASCII;
      case "binary_little_endian" -> Encoding.LITTLE;
      case "binary_big_endian" -> Encoding.BIG;
      default -> throw lines.malformed("has the unknown format " + head(lines.text(1)));
    };
  }

  private static Element element(Lines lines) throws SampleException {
    lines.needWords(3);
    long count = lines.integer(2);
    if (count < 0) {
      throw lines.malformed("gives a negative number of rows");
    }
    return new Element(
        lines.text(1).toLowerCase(Locale.ROOT), count, new ArrayList<>(), lines.offset(2));
  }

  private static void property(Lines lines, List<Element> elements) throws SampleException {
    if (elements.isEmpty()) {
      throw lines.malformed("is a property before any element");
    }
    lines.needWords(3);
    Property property;
    if (lines.text(1).equals("list")) {
      lines.needWords(5);
      NumberType length = type(lines, 2);
      if (length.isFloat()) {
        throw lines.malformed("counts a list with floats");
      }
      property = new Property(lines.text(4), type(lines, 3), length);
    } else {
      property = new Property(lines.text(2), type(lines, 1), null);
    }
    elements.get(elements.size() - 1).properties().add(property);
  }

  private static NumberType type(Lines lines, int word) throws SampleException {
    NumberType type = TYPES.get(lines.text(word).toLowerCase(Locale.ROOT));
    if (type == null) {
      throw lines.malformed("has the unknown type " + head(lines.text(word)));
    }
    return type;
  }
}
