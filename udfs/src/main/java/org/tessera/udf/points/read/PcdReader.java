package org.tessera.udf.points.read;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * PCD: ASCII, binary (little-endian) and binary_compressed. Field names are compared without case;
 * colours are PCL's packed {@code rgb} or {@code rgba}, or three fields. The viewpoint is not
 * applied, as in PCL and Open3D.
 */
final class PcdReader {
  private final Bytes in;
  private final Lines lines;
  private final PcdHeader header;
  private final List<PcdHeader.Field> fields;
  private final Columns columns;
  private final int packed;
  private final CloudBuilder cloud;
  private final int[] attributes;

  private PcdReader(Bytes in, ReadRequest request) throws SampleException {
    this.in = in;
    this.lines = new Lines(in);
    this.header = PcdHeader.read(in, lines);
    this.fields = header.fields();
    this.columns = Columns.named(header.names());
    if (!columns.hasCoordinates()) {
      throw Bad.malformed(
          in.format(), "its fields are " + header.names() + ", without x, y and z", 0);
    }
    for (int column : new int[] {columns.x(), columns.y(), columns.z()}) {
      if (fields.get(column).count() != 1) {
        throw Bad.malformed(
            in.format(), "its field " + fields.get(column).name() + " is not a single value", 0);
      }
    }
    Set<Part> parts = EnumSet.noneOf(Part.class);
    parts.addAll(columns.parts());
    this.packed = parts.contains(Part.COLOR) ? -1 : packedColor();
    if (packed >= 0) {
      parts.add(Part.COLOR);
    }
    this.cloud = new CloudBuilder(request, in.format(), parts);
    int red = columns.first(cloud, Part.COLOR);
    if (red >= 0) {
      cloud.colorMax(fields.get(red).type().colorMax());
    }
    this.attributes = columns.attributes(cloud);
  }

  static PointCloud read(Bytes in, ReadRequest request) throws SampleException {
    PcdReader reader = new PcdReader(in, request);
    switch (reader.header.data()) {
      case "ascii" -> reader.ascii();
      case "binary" -> reader.binary();
      case "binary_compressed" -> reader.compressed(request.limits());
      default ->
          throw Bad.malformed(
              in.format(),
              "its data is " + reader.header.data() + ", not ascii, binary or binary_compressed",
              in.position());
    }
    return reader.cloud.build();
  }

  private int packedColor() {
    for (int i = 0; i < fields.size(); i++) {
      String name = fields.get(i).name().toLowerCase(Locale.ROOT);
      if ((name.equals("rgb") || name.equals("rgba")) && fields.get(i).bytes() == 4) {
        return i;
      }
    }
    return -1;
  }

  private void ascii() throws SampleException {
    int[] word = new int[fields.size()];
    int words = 0;
    for (int i = 0; i < word.length; i++) {
      word[i] = words;
      words += fields.get(i).count();
    }
    char separator = 0;
    for (long i = 0; i < header.points(); i++) {
      if (!lines.nextWords()) {
        throw Bad.truncated(
            in.format(), "it has " + i + " of the " + header.points() + " points", in.size());
      }
      if (i == 0) {
        separator = TextCloudReader.separator(lines.text());
      }
      if (separator != 0) {
        lines.split(separator);
      }
      if (lines.words() != words) {
        throw lines.malformed("has " + lines.words() + " values for " + words + " fields");
      }
      long offset = lines.offset();
      cloud.add(
          lines.decimal(word[columns.x()]),
          lines.decimal(word[columns.y()]),
          lines.decimal(word[columns.z()]),
          offset);
      for (int a = 0; a < attributes.length; a++) {
        if (attributes[a] >= 0) {
          cloud.attribute(a, lines.decimal(word[attributes[a]]), offset);
        }
      }
      if (packed >= 0 && cloud.wants(Part.COLOR)) {
        packed(asciiColor(word[packed]), offset);
      }
    }
  }

  /** PCL writes the packed colour as a number of the field's type. */
  private int asciiColor(int word) throws SampleException {
    return fields.get(packed).type() == NumberType.F32
        ? Float.floatToRawIntBits((float) lines.decimal(word))
        : (int) lines.integer(word);
  }

  private void packed(int color, long offset) {
    int channel = cloud.channel(Part.COLOR);
    cloud.attribute(channel, color >> 16 & 255, offset);
    cloud.attribute(channel + 1, color >> 8 & 255, offset);
    cloud.attribute(channel + 2, color & 255, offset);
  }

  private void binary() throws SampleException {
    int stride = header.stride();
    if (header.points() > in.remaining() / stride) {
      throw Bad.truncated(
          in.format(),
          "it holds " + in.remaining() / stride + " of the " + header.points() + " points",
          in.size());
    }
    cloud.expect(header.points(), header.countOffset());
    int[] starts = fields.stream().mapToInt(PcdHeader.Field::offset).toArray();
    for (long left = header.points(); left > 0; ) {
      int rows = in.records(stride, left, "a point");
      for (int row = 0; row < rows; row++) {
        int at = in.at() + row * stride;
        point(in.array(), starts, at, stride, 0, in.offset(at));
      }
      in.skip(rows * stride);
      left -= rows;
    }
  }

  /**
   * Reads a point whose field f stands at {@code starts[f] + base + index × size of f} when {@code
   * stride} is 0, and at {@code starts[f] + base} otherwise.
   */
  private void point(byte[] array, int[] starts, int base, int stride, int index, long offset)
      throws SampleException {
    cloud.add(
        value(array, starts, columns.x(), base, stride, index),
        value(array, starts, columns.y(), base, stride, index),
        value(array, starts, columns.z(), base, stride, index),
        offset);
    for (int a = 0; a < attributes.length; a++) {
      if (attributes[a] >= 0) {
        cloud.attribute(a, value(array, starts, attributes[a], base, stride, index), offset);
      }
    }
    if (packed >= 0 && cloud.wants(Part.COLOR)) {
      int place = starts[packed] + base + (stride == 0 ? 4 * index : 0);
      packed(Bytes.i32(array, place), offset);
    }
  }

  private double value(byte[] array, int[] starts, int field, int base, int stride, int index) {
    PcdHeader.Field column = fields.get(field);
    int place = starts[field] + base + (stride == 0 ? column.bytes() * index : 0);
    return column.type().read(array, place);
  }

  private void compressed(Limits limits) throws SampleException {
    long sizes = in.position();
    in.need(8, "the sizes of the compressed points");
    long compressed = in.u32();
    long uncompressed = in.u32();
    long expected =
        Math.multiplyHigh(header.points(), header.stride()) == 0
            ? header.points() * header.stride()
            : Long.MAX_VALUE;
    if (uncompressed != expected) {
      throw Bad.malformed(
          in.format(),
          "its points are said to take "
              + uncompressed
              + " bytes, and "
              + header.points()
              + " of "
              + header.stride()
              + " bytes each do not",
          sizes + 4);
    }
    if (compressed > in.remaining()) {
      throw Bad.truncated(
          in.format(),
          "it holds " + in.remaining() + " of " + compressed + " compressed bytes",
          in.size());
    }
    if (uncompressed > compressed * Lzf.MOST_RATIO) {
      throw Bad.malformed(
          in.format(),
          compressed + " compressed bytes cannot stand for " + uncompressed,
          sizes + 4);
    }
    if (header.points() > limits.points()) {
      throw Bad.tooMany(in.format(), header.points(), limits.points(), header.countOffset());
    }
    Limits.checkBytes(uncompressed, Math.min(limits.bytes(), Integer.MAX_VALUE - 8));
    columns(decompress((int) compressed, (int) uncompressed), sizes + 8);
  }

  private byte[] decompress(int compressed, int uncompressed) throws SampleException {
    byte[] bytes = new byte[uncompressed];
    in.need(compressed, "the compressed points");
    int wrong = Lzf.decompress(in.array(), in.at(), in.at() + compressed, bytes);
    if (wrong >= 0) {
      throw Bad.malformed(in.format(), "its compressed points are damaged", in.offset(wrong));
    }
    return bytes;
  }

  private void columns(byte[] bytes, long offset) throws SampleException {
    int count = (int) header.points();
    cloud.expect(count, header.countOffset());
    int[] starts = fields.stream().mapToInt(field -> field.offset() * count).toArray();
    for (int i = 0; i < count; i++) {
      point(bytes, starts, 0, 0, i, offset);
    }
  }
}
