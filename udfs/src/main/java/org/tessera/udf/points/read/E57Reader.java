package org.tessera.udf.points.read;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.SampleException;

/**
 * E57 (ASTM E2807): all scans of the file, one after the other, each in its pose. Cartesian and
 * spherical coordinates; floats, integers and scaled integers. Points whose {@code
 * cartesianInvalidState} or {@code sphericalInvalidState} is not 0 are left out. Every page's
 * checksum is verified, and an XML document type is refused.
 */
final class E57Reader {
  private static final int HEADER = 48;
  private static final long LARGEST_XML = 64L << 20;
  private static final int DATA_PACKET = 1;
  private static final int SECTION = 1;

  private final Bytes in;
  private final ReadRequest request;
  private final E57Pages pages;
  private final long xmlOffset;
  private final long xmlLength;

  private E57Reader(Bytes in, ReadRequest request) throws SampleException {
    this.in = in;
    this.request = request;
    in.need(HEADER, "the header");
    in.seek(16);
    long length = in.i64();
    xmlOffset = in.i64();
    xmlLength = in.i64();
    pages = new E57Pages(in, in.i64());
    if (length < 0 || length > in.size()) {
      throw Bad.truncated(
          in.format(), "it holds " + in.size() + " of " + length + " bytes", in.size());
    }
    pages.seekOffset(0, 0);
    pages.skip(HEADER, "the header");
  }

  static PointCloud read(Bytes in, ReadRequest request) throws SampleException {
    E57Reader reader = new E57Reader(in, request);
    List<E57Scan> scans = E57Xml.scans(reader.xml(), in.format(), reader.xmlOffset);
    Set<Part> parts = EnumSet.of(Part.INTENSITY, Part.COLOR);
    double colorMax = 255;
    for (E57Scan scan : scans) {
      if (scan.field("intensity") < 0) {
        parts.remove(Part.INTENSITY);
      }
      if (scan.field("colorRed") < 0
          || scan.field("colorGreen") < 0
          || scan.field("colorBlue") < 0) {
        parts.remove(Part.COLOR);
      }
      colorMax = scan.colorMax();
    }
    CloudBuilder cloud = new CloudBuilder(request, in.format(), parts);
    cloud.colorMax(colorMax);
    for (E57Scan scan : scans) {
      reader.scan(scan, cloud);
    }
    return cloud.build();
  }

  private byte[] xml() throws SampleException {
    pages.seekOffset(xmlOffset, 24);
    if (xmlLength < 0 || xmlLength > pages.remaining()) {
      throw Bad.truncated(
          in.format(), "it holds " + pages.remaining() + " of " + xmlLength + " bytes of XML", 32);
    }
    Limits.checkBytes(xmlLength, Math.min(LARGEST_XML, request.limits().bytes()));
    byte[] xml = new byte[(int) xmlLength];
    pages.read(xml, 0, xml.length, "its XML");
    return xml;
  }

  private void scan(E57Scan scan, CloudBuilder cloud) throws SampleException {
    if (scan.count() == 0) {
      return;
    }
    if (scan.count() > request.limits().points()) {
      throw Bad.tooMany(in.format(), scan.count(), request.limits().points(), xmlOffset);
    }
    List<E57Column> columns = new ArrayList<>();
    for (E57Scan.Field field : scan.fields()) {
      columns.add(wanted(field.name(), cloud) ? new E57Column(field, scan.count()) : null);
    }
    E57Points points = E57Points.of(scan, columns, cloud);
    if (points == null) {
      throw Bad.malformed(in.format(), "a scan has no coordinates", xmlOffset);
    }
    if (points.takesNoBytes()) {
      throw Bad.malformed(
          in.format(), "all " + scan.count() + " points of a scan are one", xmlOffset);
    }
    packets(scan, columns);
    points.add(xmlOffset);
  }

  private static boolean wanted(String name, CloudBuilder cloud) {
    return name.startsWith("cartesian")
        || name.startsWith("spherical")
        || name.equals("intensity") && cloud.wants(Part.INTENSITY)
        || name.matches("color(Red|Green|Blue)") && cloud.wants(Part.COLOR);
  }

  private void packets(E57Scan scan, List<E57Column> columns) throws SampleException {
    pages.seekOffset(scan.offset(), xmlOffset);
    long section = pages.offset();
    if (pages.u8("a section") != SECTION) {
      throw Bad.malformed(in.format(), "no section of points begins here", section);
    }
    pages.skip(7, "a section");
    pages.i64("a section");
    long data = pages.i64("a section");
    pages.seekOffset(data, section);
    while (!complete(scan, columns)) {
      request.deadline().check(Phase.DECODE);
      packet(scan, columns);
    }
  }

  private static boolean complete(E57Scan scan, List<E57Column> columns) {
    for (E57Column column : columns) {
      if (column != null && column.count() < scan.count()) {
        return false;
      }
    }
    return true;
  }

  private void packet(E57Scan scan, List<E57Column> columns) throws SampleException {
    long start = pages.offset();
    int type = pages.u8("a packet");
    pages.u8("a packet");
    int length = pages.u16("a packet") + 1;
    if (type != DATA_PACKET) {
      if (type > 2 || length < 4) {
        throw Bad.malformed(in.format(), "a packet has the type " + type, start);
      }
      pages.skip(length - 4, "a packet");
      return;
    }
    int streams = pages.u16("a packet");
    if (streams != scan.fields().size()) {
      throw Bad.malformed(
          in.format(),
          "a packet has " + streams + " streams for " + scan.fields().size() + " fields",
          start);
    }
    int[] lengths = new int[streams];
    int left = length - 6 - 2 * streams;
    for (int i = 0; i < streams; i++) {
      lengths[i] = pages.u16("a packet");
      left -= lengths[i];
    }
    if (left < 0) {
      throw Bad.malformed(in.format(), "a packet's streams are longer than the packet", start);
    }
    for (int i = 0; i < streams; i++) {
      E57Column column = columns.get(i);
      if (column == null) {
        pages.skip(lengths[i], "a packet");
      } else {
        byte[] room = column.room(lengths[i]);
        pages.read(room, column.end(), lengths[i], "a packet");
        column.added(lengths[i]);
      }
    }
    pages.skip(left, "a packet");
  }
}
