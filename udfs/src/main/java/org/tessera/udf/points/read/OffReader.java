package org.tessera.udf.points.read;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.tessera.udf.sample.SampleException;

/**
 * OFF in ASCII, also with normals (NOFF), colours (COFF) and texture coordinates (STOFF), which
 * follow a vertex in this order: the counts (on the keyword's line or the next, also glued to it),
 * one vertex a line, one face a line. {@code #} begins a comment anywhere.
 */
final class OffReader {
  private final Bytes in;
  private final Lines lines;
  private final ReadRequest request;

  private OffReader(Bytes in, ReadRequest request) throws SampleException {
    this.in = in;
    this.lines = new Lines(in).afterMark();
    this.request = request;
  }

  static PointCloud read(Bytes in, ReadRequest request) throws SampleException {
    return new OffReader(in, request).read();
  }

  private PointCloud read() throws SampleException {
    if (!lines.nextBeforeComment()) {
      throw Bad.malformed(in.format(), "it does not begin with OFF", 0);
    }
    String keyword = lines.text(0);
    int end = keyword.toUpperCase(Locale.ROOT).indexOf("OFF");
    if (end < 0) {
      throw Bad.malformed(in.format(), "it does not begin with OFF", lines.offset());
    }
    String kind = keyword.substring(0, end).toUpperCase(Locale.ROOT);
    if (!kind.matches("(ST)?C?N?") || lines.is(1, "binary")) {
      throw Bad.unsupported(
          in.format(), "its kind " + lines.text() + " is not OFF of three dimensions in ASCII", 0);
    }
    long[] counts = counts(keyword.substring(end + 3));
    Set<Part> parts = EnumSet.of(Part.FACES);
    if (kind.contains("C")) {
      parts.add(Part.COLOR);
    }
    if (kind.contains("N")) {
      parts.add(Part.NORMALS);
    }
    CloudBuilder cloud = new CloudBuilder(request, in.format(), parts);
    vertices(counts[0], kind, cloud);
    faces(counts[1], cloud);
    return cloud.build();
  }

  private long[] counts(String glued) throws SampleException {
    long[] counts = new long[2];
    int word = 1;
    if (!glued.isEmpty()) {
      try {
        counts[0] = Long.parseLong(glued);
      } catch (NumberFormatException e) {
        throw lines.malformed("does not begin with OFF");
      }
      lines.needWords(2);
      counts[1] = lines.integer(1);
    } else {
      if (lines.words() == 1) {
        if (!lines.nextBeforeComment()) {
          throw Bad.truncated(in.format(), "it ends before the counts", in.size());
        }
        word = 0;
      }
      lines.needWords(word + 2);
      counts[0] = lines.integer(word);
      counts[1] = lines.integer(word + 1);
    }
    if (counts[0] < 0 || counts[1] < 0) {
      throw lines.malformed("gives a negative count");
    }
    return counts;
  }

  private void vertices(long count, String kind, CloudBuilder cloud) throws SampleException {
    int color = kind.contains("N") ? 6 : 3;
    int words = kind.contains("C") ? color + 3 : color;
    int[] places = Columns.at(0, 1, 2, -1, color, color + 1, color + 2, 3, 4, 5).attributes(cloud);
    for (long i = 0; i < count; i++) {
      if (!lines.nextBeforeComment()) {
        throw Bad.truncated(
            in.format(), "it has " + i + " of the " + count + " vertices", in.size());
      }
      lines.needWords(words);
      long offset = lines.offset();
      cloud.add(lines.decimal(0), lines.decimal(1), lines.decimal(2), offset);
      for (int a = 0; a < places.length; a++) {
        cloud.attribute(a, lines.decimal(places[a]), offset);
      }
    }
  }

  private void faces(long count, CloudBuilder cloud) throws SampleException {
    int[] corners = new int[16];
    for (long i = 0; i < count; i++) {
      if (!lines.nextBeforeComment()) {
        throw Bad.truncated(in.format(), "it has " + i + " of the " + count + " faces", in.size());
      }
      if (!request.wants(Part.FACES)) {
        continue;
      }
      long length = lines.integer(0);
      if (length < 0 || length > lines.words() - 1) {
        throw lines.malformed(
            "has a face of " + length + " corners, and " + (lines.words() - 1) + " values follow");
      }
      if (length > corners.length) {
        corners = new int[(int) length];
      }
      for (int c = 0; c < length; c++) {
        corners[c] = (int) Math.max(-1, Math.min(Integer.MAX_VALUE, lines.integer(1 + c)));
      }
      cloud.polygon(corners, (int) length, lines.offset());
    }
  }
}
