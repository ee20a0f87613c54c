package org.tessera.udf.points.read;

import java.util.Set;
import org.tessera.udf.sample.SampleException;

/**
 * OBJ: {@code v} lines, with red, green and blue behind the coordinates when the first has them,
 * and {@code f} lines when faces are wanted; everything else, materials too, is passed over. A
 * backslash at the end of a line joins the next one to it. Normals of an OBJ belong to corners of
 * faces, not to points, and are not read.
 */
final class ObjReader {
  private ObjReader() {}

  static PointCloud read(Bytes in, ReadRequest request) throws SampleException {
    Lines lines = Lines.joined(in).afterMark();
    CloudBuilder cloud = null;
    boolean colors = false;
    int[] corners = new int[16];
    while (lines.nextBeforeComment()) {
      if (lines.isOnly(0, 'v')) {
        lines.needWords(4);
        if (cloud == null) {
          colors = lines.words() >= 7;
          cloud = builder(in, request, colors);
        }
        vertex(lines, cloud, colors);
      } else if (lines.isOnly(0, 'f') && request.wants(Part.FACES)) {
        if (cloud == null) {
          throw lines.malformed("has a face before any vertex");
        }
        corners = face(lines, cloud, corners);
      }
    }
    return cloud == null ? builder(in, request, false).build() : cloud.build();
  }

  private static CloudBuilder builder(Bytes in, ReadRequest request, boolean colors) {
    CloudBuilder cloud =
        new CloudBuilder(
            request, in.format(), colors ? Set.of(Part.FACES, Part.COLOR) : Set.of(Part.FACES));
    cloud.colorMax(1);
    return cloud;
  }

  private static void vertex(Lines lines, CloudBuilder cloud, boolean colors)
      throws SampleException {
    long offset = lines.offset();
    cloud.add(lines.decimal(1), lines.decimal(2), lines.decimal(3), offset);
    if (colors && cloud.wants(Part.COLOR)) {
      lines.needWords(7);
      for (int i = 0; i < 3; i++) {
        cloud.attribute(i, lines.decimal(4 + i), offset);
      }
    }
  }

  private static int[] face(Lines lines, CloudBuilder cloud, int[] corners) throws SampleException {
    int count = lines.words() - 1;
    if (count < 3) {
      throw lines.malformed("has a face of " + count + " corners");
    }
    int[] indices = count > corners.length ? new int[count] : corners;
    for (int i = 0; i < count; i++) {
      indices[i] = corner(lines, i + 1, cloud.size());
    }
    cloud.polygon(indices, count, lines.offset());
    return indices;
  }

  /** A corner is {@code vertex[/texture[/normal]]}, counted from 1, or back from -1. */
  private static int corner(Lines lines, int word, int size) throws SampleException {
    String text = lines.text(word);
    int slash = text.indexOf('/');
    try {
      int number = Integer.parseInt(slash < 0 ? text : text.substring(0, slash));
      int index = number < 0 ? size + number : number - 1;
      if (number != 0 && index >= 0) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw lines.malformed("has a face with the corner \"" + text + "\"");
  }
}
