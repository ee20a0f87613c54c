package org.tessera.udf.points.read;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.tessera.udf.sample.SampleException;

/**
 * STL, ASCII and binary. The points are the corners of the triangles, three by three, in file
 * order; the normals are those of the triangles. A file is binary when its size is 84 + 50 × its
 * count; else it is ASCII when it begins with {@code solid}.
 */
final class StlReader {
  private static final int HEADER = 84;
  private static final int TRIANGLE = 50;

  private final Bytes in;
  private final CloudBuilder cloud;

  private StlReader(Bytes in, ReadRequest request) {
    this.in = in;
    this.cloud = new CloudBuilder(request, in.format(), Set.of(Part.FACES, Part.NORMALS));
  }

  static PointCloud read(Bytes in, ReadRequest request) throws SampleException {
    StlReader reader = new StlReader(in, request);
    boolean text = beginsWithSolid(in);
    if (in.size() < HEADER && !text) {
      throw Bad.truncated(
          in.format(), "it ends inside the header of " + HEADER + " bytes", in.size());
    }
    long count = in.size() < HEADER ? -1 : count(in);
    if (text && in.size() != HEADER + TRIANGLE * count) {
      reader.ascii();
    } else {
      reader.binary(count);
    }
    if (request.wants(Part.FACES)) {
      reader.triangles();
    }
    return reader.cloud.build();
  }

  private static boolean beginsWithSolid(Bytes in) throws SampleException {
    int length = (int) Math.min(in.size(), 64);
    in.need(length, "the header");
    String head = new String(in.array(), in.at(), length, StandardCharsets.ISO_8859_1);
    return head.stripLeading().toLowerCase(Locale.ROOT).startsWith("solid");
  }

  private static long count(Bytes in) throws SampleException {
    in.need(HEADER, "the header");
    return Integer.toUnsignedLong(Bytes.i32(in.array(), in.at() + HEADER - 4));
  }

  private void binary(long count) throws SampleException {
    long present = (in.size() - HEADER) / TRIANGLE;
    if (count > present) {
      throw Bad.truncated(
          in.format(),
          "it holds " + present + " of the " + count + " triangles that its header claims",
          in.size());
    }
    if (in.size() != HEADER + TRIANGLE * count) {
      throw Bad.malformed(
          in.format(),
          "its header claims " + count + " triangles, and it holds " + present,
          HEADER - 4);
    }
    cloud.expect(3 * count, HEADER - 4);
    in.seek(HEADER);
    boolean normals = cloud.wants(Part.NORMALS);
    for (long left = count; left > 0; ) {
      int rows = in.records(TRIANGLE, left, "a triangle");
      byte[] array = in.array();
      for (int row = 0; row < rows; row++) {
        int at = in.at() + row * TRIANGLE;
        long offset = in.offset(at);
        for (int corner = 1; corner <= 3; corner++) {
          int place = at + 12 * corner;
          cloud.add(
              Bytes.f32(array, place),
              Bytes.f32(array, place + 4),
              Bytes.f32(array, place + 8),
              offset);
          for (int i = 0; normals && i < 3; i++) {
            cloud.attribute(i, Bytes.f32(array, at + 4 * i), offset);
          }
        }
      }
      in.skip(rows * TRIANGLE);
      left -= rows;
    }
  }

  private void ascii() throws SampleException {
    Lines lines = new Lines(in);
    double[] normal = new double[3];
    int corners = -1;
    boolean open = false;
    while (lines.nextWords()) {
      if (lines.is(0, "vertex")) {
        if (corners < 0 || corners == 3) {
          throw lines.malformed("has a vertex outside of a triangle");
        }
        corners++;
        vertex(lines, normal);
      } else if (lines.is(0, "facet")) {
        corners = 0;
        facet(lines, normal);
      } else if (lines.is(0, "endfacet")) {
        if (corners != 3) {
          throw lines.malformed("ends a triangle with " + Math.max(corners, 0) + " corners");
        }
        corners = -1;
      } else if (lines.is(0, "solid")) {
        open = true;
      } else if (lines.is(0, "endsolid")) {
        open = false;
      } else if (!lines.is(0, "outer") && !lines.is(0, "endloop") && !lines.is(0, "end")) {
        throw lines.malformed("is no line of an STL");
      }
    }
    if (open || corners >= 0) {
      throw Bad.truncated(in.format(), "it ends before \"endsolid\"", in.size());
    }
  }

  private void facet(Lines lines, double[] normal) throws SampleException {
    if (cloud.wants(Part.NORMALS)) {
      lines.needWords(5);
      for (int i = 0; i < 3; i++) {
        normal[i] = lines.decimal(2 + i);
      }
    }
  }

  private void vertex(Lines lines, double[] normal) throws SampleException {
    lines.needWords(4);
    long offset = lines.offset();
    cloud.add(lines.decimal(1), lines.decimal(2), lines.decimal(3), offset);
    for (int i = 0; cloud.wants(Part.NORMALS) && i < 3; i++) {
      cloud.attribute(i, normal[i], offset);
    }
  }

  private void triangles() throws SampleException {
    int[] corners = new int[3];
    for (int i = 0; i + 2 < cloud.size(); i += 3) {
      corners[0] = i;
      corners[1] = i + 1;
      corners[2] = i + 2;
      cloud.polygon(corners, 3, 0);
    }
  }
}
