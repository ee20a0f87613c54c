package org.tessera.udf.points.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.tessera.udf.sample.SampleException;

/**
 * PLY: ASCII and both binary orders, properties in any order and type. A value has the precision of
 * its declared type, also in ASCII. All rows that the header announces must be there; what follows
 * them is ignored. An ASCII row is a line; more values than properties are ignored in faces only.
 */
final class PlyReader {
  private final Bytes in;
  private final Lines lines;
  private final PlyHeader header;
  private final ReadRequest request;
  private final PlyHeader.Element vertices;
  private Columns vertexColumns;
  private CloudBuilder cloud;
  private int[] corners = new int[16];

  private PlyReader(Bytes in, ReadRequest request) throws SampleException {
    this.in = in;
    this.request = request;
    this.lines = new Lines(in);
    this.header = PlyHeader.read(in, lines);
    this.vertices =
        header.elements.stream()
            .filter(element -> element.name().equals("vertex"))
            .findFirst()
            .orElse(null);
  }

  static PointCloud read(Bytes in, ReadRequest request) throws SampleException {
    PlyReader reader = new PlyReader(in, request);
    if (reader.vertices != null) {
      reader.prepare();
    }
    for (PlyHeader.Element element : reader.header.elements) {
      reader.element(element);
    }
    if (reader.cloud == null) {
      throw Bad.malformed(in.format(), "it has no element \"vertex\"", in.position());
    }
    return reader.cloud.build();
  }

  /** Makes the cloud before any element, because faces may come before the vertices. */
  private void prepare() throws SampleException {
    vertexColumns = Columns.named(vertices.columns());
    if (!vertexColumns.hasCoordinates()) {
      throw Bad.malformed(
          in.format(), "its vertices have no x, y and z: " + vertices.columns(), vertices.offset());
    }
    Set<Part> parts = vertexColumns.parts();
    parts.add(Part.FACES);
    cloud = new CloudBuilder(request, in.format(), parts);
    int red = vertexColumns.first(cloud, Part.COLOR);
    if (red >= 0) {
      cloud.colorMax(vertices.properties().get(red).type().colorMax());
    }
  }

  private void element(PlyHeader.Element element) throws SampleException {
    boolean vertex = element.equals(vertices);
    Columns columns = vertex ? vertexColumns : null;
    boolean faces = element.name().equals("face") && request.wants(Part.FACES) && cloud != null;
    if (header.encoding == PlyHeader.Encoding.ASCII) {
      asciiRows(element, columns, faces);
    } else if (element.hasLists()) {
      listRows(element, columns, faces);
    } else if (vertex) {
      fixedRows(element, columns);
    } else {
      checkFixed(element);
      in.seek(in.position() + element.count() * element.stride());
    }
  }

  private void checkFixed(PlyHeader.Element element) throws SampleException {
    int stride = element.stride();
    if (stride > 0 && element.count() > in.remaining() / stride) {
      throw Bad.truncated(
          in.format(),
          "it holds "
              + in.remaining() / stride
              + " of the "
              + element.count()
              + " rows of element "
              + element.name(),
          in.size());
    }
  }

  private void fixedRows(PlyHeader.Element element, Columns columns) throws SampleException {
    checkFixed(element);
    cloud.expect(element.count(), element.offset());
    int stride = element.stride();
    int[] places = offsets(element);
    List<PlyHeader.Property> properties = element.properties();
    NumberType tx = properties.get(columns.x()).type();
    NumberType ty = properties.get(columns.y()).type();
    NumberType tz = properties.get(columns.z()).type();
    int x = places[columns.x()];
    int y = places[columns.y()];
    int z = places[columns.z()];
    int[] attributes = columns.attributes(cloud);
    for (long left = element.count(); left > 0; ) {
      int rows = in.records(stride, left, "a vertex");
      byte[] array = in.array();
      for (int row = 0; row < rows; row++) {
        int at = in.at() + row * stride;
        long offset = in.offset(at);
        cloud.add(
            value(tx, array, at + x), value(ty, array, at + y), value(tz, array, at + z), offset);
        for (int i = 0; i < attributes.length; i++) {
          NumberType type = properties.get(attributes[i]).type();
          cloud.attribute(i, value(type, array, at + places[attributes[i]]), offset);
        }
      }
      in.skip(rows * stride);
      left -= rows;
    }
  }

  private static int[] offsets(PlyHeader.Element element) {
    int[] places = new int[element.properties().size()];
    for (int i = 1; i < places.length; i++) {
      places[i] = places[i - 1] + element.properties().get(i - 1).type().bytes();
    }
    return places;
  }

  private double value(NumberType type, byte[] array, int index) {
    return header.encoding == PlyHeader.Encoding.BIG
        ? type.readBig(array, index)
        : type.read(array, index);
  }

  private double next(NumberType type, String what) throws SampleException {
    in.need(type.bytes(), what);
    double value = value(type, in.array(), in.at());
    in.skip(type.bytes());
    return value;
  }

  /** Rows with lists, property by property. */
  private void listRows(PlyHeader.Element element, Columns columns, boolean faces)
      throws SampleException {
    List<PlyHeader.Property> properties = element.properties();
    double[] row = new double[properties.size()];
    int[] attributes = columns == null ? new int[0] : columns.attributes(cloud);
    for (long i = 0; i < element.count(); i++) {
      long offset = in.position();
      for (int p = 0; p < row.length; p++) {
        PlyHeader.Property property = properties.get(p);
        if (property.isList()) {
          list(property, faces, offset);
        } else {
          row[p] = next(property.type(), "a row of element " + element.name());
        }
      }
      if (columns != null) {
        addPoint(row, columns, attributes, offset);
      }
    }
  }

  private void addPoint(double[] row, Columns columns, int[] attributes, long offset)
      throws SampleException {
    cloud.add(row[columns.x()], row[columns.y()], row[columns.z()], offset);
    for (int a = 0; a < attributes.length; a++) {
      cloud.attribute(a, row[attributes[a]], offset);
    }
  }

  private void list(PlyHeader.Property property, boolean faces, long offset)
      throws SampleException {
    double length = next(property.length(), "the length of a list");
    if (length < 0) {
      throw Bad.malformed(in.format(), "a list has the length " + (long) length, in.position());
    }
    long bytes = (long) length * property.type().bytes();
    if (bytes > in.remaining()) {
      throw Bad.truncated(
          in.format(), "it ends inside a list of " + (long) length + " values", in.size());
    }
    if (!faces || !isCorners(property)) {
      in.seek(in.position() + bytes);
      return;
    }
    int count = (int) length;
    reserve(count);
    for (int i = 0; i < count; i++) {
      corners[i] = index(next(property.type(), "a face"), offset);
    }
    cloud.polygon(corners, count, offset);
  }

  private void reserve(int count) {
    if (count > corners.length) {
      corners = Arrays.copyOf(corners, Math.max(count, 2 * corners.length));
    }
  }

  private int index(double value, long offset) throws SampleException {
    if (value != (int) value || value < 0) {
      throw Bad.malformed(in.format(), "a face has the point " + value, offset);
    }
    return (int) value;
  }

  private static boolean isCorners(PlyHeader.Property property) {
    return property.name().equals("vertex_indices") || property.name().equals("vertex_index");
  }

  private void asciiRows(PlyHeader.Element element, Columns columns, boolean faces)
      throws SampleException {
    List<PlyHeader.Property> properties = element.properties();
    if (properties.isEmpty()) {
      return;
    }
    double[] row = new double[properties.size()];
    int[] attributes = columns == null ? new int[0] : columns.attributes(cloud);
    List<PlyHeader.Property> singles = new ArrayList<>(properties);
    singles.removeIf(PlyHeader.Property::isList);
    boolean strict = singles.size() == properties.size();
    for (long i = 0; i < element.count(); i++) {
      if (!lines.nextWords()) {
        throw Bad.truncated(
            in.format(),
            "it has " + i + " of the " + element.count() + " rows of element " + element.name(),
            in.size());
      }
      if (strict && lines.words() != row.length) {
        throw lines.malformed("has " + lines.words() + " values for " + row.length + " properties");
      }
      long offset = lines.offset();
      if (columns != null || !strict) {
        asciiRow(properties, row, faces, offset);
      }
      if (columns != null) {
        addPoint(row, columns, attributes, offset);
      }
    }
  }

  private void asciiRow(
      List<PlyHeader.Property> properties, double[] row, boolean faces, long offset)
      throws SampleException {
    int word = 0;
    for (int p = 0; p < row.length; p++) {
      PlyHeader.Property property = properties.get(p);
      if (!property.isList()) {
        lines.needWords(word + 1);
        double value = lines.decimal(word++);
        row[p] = property.type() == NumberType.F32 ? (float) value : value;
        continue;
      }
      lines.needWords(word + 1);
      long length = lines.integer(word++);
      if (length < 0 || length > lines.words() - word) {
        throw lines.malformed(
            "has a list of " + length + " values, and " + (lines.words() - word) + " follow");
      }
      if (faces && isCorners(property)) {
        reserve((int) length);
        for (int i = 0; i < length; i++) {
          corners[i] = index(lines.decimal(word + i), offset);
        }
        cloud.polygon(corners, (int) length, offset);
      }
      word += (int) length;
    }
  }
}
