package org.tessera.udf.points.read;

import java.util.EnumSet;
import java.util.Set;
import org.tessera.udf.sample.SampleException;

/**
 * LAS 1.0 to 1.4 with all point formats. A coordinate is {@code stored × scale + offset} in double
 * precision, rounded after each operation, as laspy computes it. All points are taken, whatever
 * their flags. Colours have 16 bits, as the format says.
 */
final class LasReader {
  private LasReader() {}

  static PointCloud read(Bytes in, ReadRequest request) throws SampleException {
    LasHeader header = LasHeader.read(in);
    return header.compressed ? LazReader.read(in, header, request) : plain(in, header, request);
  }

  /** A builder for the parts that the point format has. */
  static CloudBuilder builder(Bytes in, LasHeader header, ReadRequest request) {
    Set<Part> parts = EnumSet.of(Part.INTENSITY);
    if (header.hasColor()) {
      parts.add(Part.COLOR);
    }
    CloudBuilder cloud = new CloudBuilder(request, in.format(), parts);
    cloud.colorMax(65_535);
    return cloud;
  }

  private static PointCloud plain(Bytes in, LasHeader header, ReadRequest request)
      throws SampleException {
    int stride = header.recordLength;
    long present = (in.size() - header.pointsAt) / stride;
    if (Long.compareUnsigned(header.count, present) > 0) {
      throw Bad.truncated(
          in.format(),
          "it holds "
              + present
              + " of the "
              + Long.toUnsignedString(header.count)
              + " points that its header claims",
          in.size());
    }
    CloudBuilder cloud = builder(in, header, request);
    cloud.expect(header.count, header.countOffset);
    in.seek(header.pointsAt);
    for (long left = header.count; left > 0; ) {
      int rows = in.records(stride, left, "a point");
      rows(in, header, cloud, rows);
      in.skip(rows * stride);
      left -= rows;
    }
    return cloud.build();
  }

  private static void rows(Bytes in, LasHeader header, CloudBuilder cloud, int rows)
      throws SampleException {
    byte[] array = in.array();
    double sx = header.scale[0];
    double sy = header.scale[1];
    double sz = header.scale[2];
    double ox = header.offset[0];
    double oy = header.offset[1];
    double oz = header.offset[2];
    int stride = header.recordLength;
    int intensity = cloud.channel(Part.INTENSITY);
    int color = cloud.channel(Part.COLOR);
    int at = in.at();
    for (int row = 0; row < rows; row++, at += stride) {
      long offset = in.offset(at);
      cloud.add(
          Bytes.i32(array, at) * sx + ox,
          Bytes.i32(array, at + 4) * sy + oy,
          Bytes.i32(array, at + 8) * sz + oz,
          offset);
      if (intensity >= 0) {
        cloud.attribute(intensity, Bytes.u16(array, at + 12), offset);
      }
      if (color >= 0) {
        int red = at + header.red();
        cloud.attribute(color, Bytes.u16(array, red), offset);
        cloud.attribute(color + 1, Bytes.u16(array, red + 2), offset);
        cloud.attribute(color + 2, Bytes.u16(array, red + 4), offset);
      }
    }
  }
}
