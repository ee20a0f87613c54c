package org.tessera.udf.points.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tessera.udf.sample.SampleException;

/**
 * XYZ, PTS and CSV: one point a line. Lines that are empty or begin with {@code #} or {@code //}
 * are skipped, every other line must have as many values as the first.
 */
final class TextCloudReader {
  private TextCloudReader() {}

  /** XYZ and CSV: words separated by blanks, commas or semicolons; the first line may name them. */
  static PointCloud separated(Bytes in, ReadRequest request) throws SampleException {
    Lines lines = new Lines(in).afterMark();
    char separator = 0;
    boolean more = nextPoint(lines, separator);
    if (more) {
      separator = separator(lines.text());
      split(lines, separator);
    }
    Columns columns = null;
    if (more && !lines.isNumber(0)) {
      columns = Columns.named(words(lines));
      if (!columns.hasCoordinates()) {
        throw lines.malformed("names columns, but not x, y and z");
      }
      int count = lines.words();
      more = nextPoint(lines, separator);
      if (more && lines.words() != count) {
        throw lines.malformed("has " + lines.words() + " values for " + count + " names");
      }
    }
    if (columns == null) {
      columns = Columns.of(request, lines.words());
      if (request.columns().isEmpty()) {
        checkNumbers(lines, in.format());
      }
    }
    if (!columns.hasCoordinates()) {
      throw new IllegalArgumentException(
          "Cannot read points with the columns " + request.columns() + " (name x, y and z)");
    }
    CloudBuilder cloud = new CloudBuilder(request, in.format(), columns.parts());
    if (more) {
      rows(lines, separator, columns, cloud, Long.MAX_VALUE);
    }
    return cloud.build();
  }

  /** Words among the numbers mean that the columns are not those that are taken for granted. */
  private static void checkNumbers(Lines lines, String format) throws SampleException {
    for (int i = 0; i < lines.words(); i++) {
      String word = lines.text(i);
      if (!word.isEmpty() && !lines.isNumber(i)) {
        throw Bad.unsupported(
            format,
            "line "
                + lines.number()
                + " has \""
                + (word.length() > 30 ? word.substring(0, 30) + "..." : word)
                + "\" among its numbers (name the columns: attributes.columns)",
            lines.offset(i));
      }
    }
  }

  /** PTS: a line with the number of points, then x y z [intensity [red green blue]]. */
  static PointCloud pts(Bytes in, ReadRequest request) throws SampleException {
    Lines lines = new Lines(in).afterMark();
    if (!nextPoint(lines, (char) 0) || lines.words() != 1) {
      throw Bad.malformed(in.format(), "it does not begin with the number of points", 0);
    }
    long count = lines.integer(0);
    if (count < 0) {
      throw lines.malformed("gives a negative number of points");
    }
    boolean more = nextPoint(lines, (char) 0);
    Columns columns =
        request.columns().isEmpty()
            ? switch (lines.words()) {
              case 4 -> Columns.at(0, 1, 2, 3);
              case 6 -> Columns.at(0, 1, 2, -1, 3, 4, 5);
              case 7 -> Columns.at(0, 1, 2, 3, 4, 5, 6);
              default -> Columns.at(0, 1, 2);
            }
            : Columns.named(request.columns());
    CloudBuilder cloud = new CloudBuilder(request, in.format(), columns.parts());
    if (more && count > 0) {
      rows(lines, (char) 0, columns, cloud, count);
    }
    if (cloud.size() < count) {
      throw Bad.truncated(
          in.format(), "it has " + cloud.size() + " of the " + count + " points", in.size());
    }
    if (count == 0 ? more : nextPoint(lines, (char) 0)) {
      throw lines.malformed("follows the last of the " + count + " points");
    }
    return cloud.build();
  }

  private static void rows(
      Lines lines, char separator, Columns columns, CloudBuilder cloud, long most)
      throws SampleException {
    int count = lines.words();
    lines.needWords(columns.last() + 1);
    int[] attributes = columns.attributes(cloud);
    for (long row = 0; row < most; row++) {
      if (row > 0 && !nextPoint(lines, separator)) {
        return;
      }
      if (lines.words() != count) {
        throw lines.malformed(
            "has " + lines.words() + " values where the first point has " + count);
      }
      long offset = lines.offset();
      cloud.add(
          lines.decimal(columns.x()),
          lines.decimal(columns.y()),
          lines.decimal(columns.z()),
          offset);
      for (int i = 0; i < attributes.length; i++) {
        cloud.attribute(i, lines.decimal(attributes[i]), offset);
      }
    }
  }

  private static boolean nextPoint(Lines lines, char separator) throws SampleException {
    while (lines.nextWords()) {
      if (!lines.text(0).startsWith("#") && !isSlashComment(lines)) {
        split(lines, separator);
        return true;
      }
    }
    return false;
  }

  /** CloudCompare begins its line of names with {@code //X}. */
  private static boolean isSlashComment(Lines lines) {
    String first = lines.text(0);
    return first.startsWith("//") && !first.regionMatches(true, 0, "//x", 0, 3);
  }

  private static void split(Lines lines, char separator) {
    if (separator == 0) {
      lines.split();
    } else {
      lines.split(separator);
    }
  }

  /** The separator of a line; 0 stands for blanks. */
  static char separator(String line) {
    return line.indexOf(',') >= 0 ? ',' : line.indexOf(';') >= 0 ? ';' : 0;
  }

  private static List<String> words(Lines lines) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < lines.words(); i++) {
      String word = lines.text(i);
      words.add(
          word.length() > 1 && word.startsWith("\"") && word.endsWith("\"")
              ? word.substring(1, word.length() - 1)
              : word);
    }
    return words;
  }

  /**
   * PTX: per scan the columns, the rows, ten lines of position and axes, and four of a 4 × 4
   * matrix, then x y z intensity [red green blue]. The matrix is applied to row vectors. A point at
   * 0 0 0 is a pulse without return and is left out, as PDAL does.
   */
  static PointCloud ptx(Bytes in, ReadRequest request) throws SampleException {
    Lines lines = new Lines(in).afterMark();
    CloudBuilder cloud = null;
    double[] matrix = new double[16];
    while (lines.nextWords()) {
      long points = header(lines, matrix);
      for (long i = 0; i < points; i++) {
        if (!lines.nextWords()) {
          throw Bad.truncated(
              in.format(), "a scan has " + i + " of " + points + " points", in.size());
        }
        if (lines.words() != 4 && lines.words() != 7) {
          throw lines.malformed("has " + lines.words() + " values, not 4 or 7");
        }
        if (cloud == null) {
          cloud =
              new CloudBuilder(
                  request,
                  in.format(),
                  lines.words() == 7 ? Set.of(Part.INTENSITY, Part.COLOR) : Set.of(Part.INTENSITY));
        }
        point(lines, matrix, cloud);
      }
    }
    return cloud == null ? new CloudBuilder(request, in.format(), Set.of()).build() : cloud.build();
  }

  private static long header(Lines lines, double[] matrix) throws SampleException {
    long columns = single(lines);
    if (!lines.nextWords()) {
      throw lines.malformed("is missing: the number of rows");
    }
    long rows = single(lines);
    if (columns < 0 || rows < 0 || columns > Integer.MAX_VALUE || rows > Integer.MAX_VALUE) {
      throw lines.malformed("gives a scan of " + columns + " by " + rows + " points");
    }
    for (int i = 0; i < 8; i++) {
      int words = i < 4 ? 3 : 4;
      if (!lines.nextWords() || lines.words() != words) {
        throw lines.malformed("is not a line of " + words + " numbers of a scan's header");
      }
      for (int j = 0; i >= 4 && j < 4; j++) {
        matrix[4 * (i - 4) + j] = lines.decimal(j);
      }
    }
    return columns * rows;
  }

  private static long single(Lines lines) throws SampleException {
    if (lines.words() != 1) {
      throw lines.malformed("has " + lines.words() + " values where a scan's size must stand");
    }
    return lines.integer(0);
  }

  private static void point(Lines lines, double[] m, CloudBuilder cloud) throws SampleException {
    double x = lines.decimal(0);
    double y = lines.decimal(1);
    double z = lines.decimal(2);
    if (x == 0 && y == 0 && z == 0) {
      return;
    }
    long offset = lines.offset();
    cloud.add(
        x * m[0] + y * m[4] + z * m[8] + m[12],
        x * m[1] + y * m[5] + z * m[9] + m[13],
        x * m[2] + y * m[6] + z * m[10] + m[14],
        offset);
    if (cloud.wants(Part.INTENSITY)) {
      cloud.attribute(cloud.channel(Part.INTENSITY), lines.decimal(3), offset);
    }
    if (cloud.wants(Part.COLOR)) {
      lines.needWords(7);
      for (int i = 0; i < 3; i++) {
        cloud.attribute(cloud.channel(Part.COLOR) + i, lines.decimal(4 + i), offset);
      }
    }
  }
}
