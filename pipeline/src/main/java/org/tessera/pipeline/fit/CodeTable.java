package org.tessera.pipeline.fit;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_isamax;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;

/**
 * Codes in native memory, and the scores of vectors with them by OpenBLAS, on one thread.
 *
 * <p>Vectors and codes are taken from the origin of the groups. Codes are ordered by length and
 * group, and cut into parts of at most {@value #PART}. In a part with no code as long as m, half a
 * squared distance is {@code (|x| + m)²/2} less the score {@code x·c + (m² - |c|²)/2 + m|x|}. All
 * terms are of one size, so that they cost little precision. Both summands are two more dimensions
 * of the product. Not thread-safe; whoever made it closes it.
 */
final class CodeTable implements AutoCloseable {
  private static final int PART = 1024;

  /** A megabyte of scores: what is written by the product is read while it is near. */
  private static final int SCORES = 1 << 18;

  /** How many vectors can be put in at a time. */
  static final int ROWS = 1024;

  /** How much longer than its shortest code the longest of a class may be. */
  private static final int SPREAD = 8;

  /** Codes that are shorter than those of all other classes are in the last one. */
  private static final int CLASSES = 4;

  private final Codebook codebook;
  private final int dimensions;
  private final int width;
  private final float[] origin;
  private final boolean isCentred;

  /** A vector or code on its way to native memory. */
  private final float[] copy;

  /** The codes by class and group, and the place of each code among them. */
  private final int[] order;

  private final int[] places;

  /** The parts of all codes, and those of each group. */
  private final List<Part> all = new ArrayList<>();

  private final List<List<Part>> parts = new ArrayList<>();

  /** The groups' centres as another part, null until they are needed. */
  private Part centres;

  private final FloatPointer table;
  private final FloatPointer vectors;

  /** The same memory as the vectors. */
  private final FloatBuffer multiplying;

  private final FloatPointer scores;

  /** The same memory as the scores. */
  private final FloatIndexer multiplied;

  /** Neighbours in the order, none as long as {@code longest}. */
  record Part(int from, int to, double longest) {
    int size() {
      return to - from;
    }

    /** How many vectors can be multiplied with it at once. */
    int rows() {
      return Math.min(ROWS, SCORES / stride());
    }

    /** From a vector's scores to those of the next, which must not begin alike in every page. */
    private int stride() {
      return stride(size());
    }

    private static int stride(int size) {
      return ((size + 15) / 16 | 1) * 16;
    }
  }

  CodeTable(Codebook codebook) {
    // Every core has a thread that searches.
    blas_set_num_threads(1);
    this.codebook = codebook;
    dimensions = codebook.dimensions();
    width = dimensions + 2;
    copy = new float[width];
    CodeGroups groups = codebook.groups();
    origin = groups.origin();
    isCentred = Arrays.equals(origin, new float[dimensions]);
    order = new int[codebook.codes()];
    places = new int[order.length];
    float[] values = codebook.values();
    int most = Math.max(order(groups, values), groups.number());
    table = new FloatPointer((long) (order.length + groups.number()) * width);
    vectors = new FloatPointer((long) ROWS * width);
    multiplying = vectors.asBuffer();
    scores = new FloatPointer(Math.min(SCORES, (long) ROWS * Part.stride(most)));
    multiplied = FloatIndexer.create(scores);
    for (Part part : all) {
      for (int place = part.from; place < part.to; place++) {
        fill(place, values, order[place], part.longest);
      }
    }
  }

  private Part centresOf(float[] values) {
    int number = values.length / dimensions;
    double longest = 0;
    for (int i = 0; i < number; i++) {
      longest = Math.max(longest, longer(Math.sqrt(squareOf(values, i * dimensions))));
    }
    for (int i = 0; i < number; i++) {
      fill(order.length + i, values, i, longest);
    }
    return new Part(order.length, order.length + number, longest);
  }

  /**
   * Orders the codes by class and group, and cuts them.
   *
   * @return the size of the largest part
   */
  private int order(CodeGroups groups, float[] values) {
    int number = groups.number();
    double[] lengths = new double[order.length];
    Arrays.setAll(lengths, code -> Math.sqrt(squareOf(values, code * dimensions)));
    double longest = Arrays.stream(lengths).max().orElse(0);
    int[] ends = new int[CLASSES * number];
    for (int code = 0; code < order.length; code++) {
      ends[classOf(lengths[code], longest) * number + groups.of(code)]++;
    }
    Arrays.parallelPrefix(ends, Integer::sum);
    int[] next = ends.clone();
    for (int code = order.length - 1; code >= 0; code--) {
      int place = --next[classOf(lengths[code], longest) * number + groups.of(code)];
      order[place] = code;
      places[code] = place;
    }
    for (int group = 0; group < number; group++) {
      parts.add(new ArrayList<>());
    }
    int most = 0;
    for (int i = 0; i < CLASSES; i++) {
      double longestOfClass = longer(longest / Math.pow(SPREAD, i));
      int start = next[i * number];
      cut(start, ends[(i + 1) * number - 1], longestOfClass, all);
      for (int group = 0; group < number; group++) {
        int at = i * number + group;
        cut(next[at], ends[at], longestOfClass, parts.get(group));
      }
    }
    for (Part part : all) {
      most = Math.max(most, part.size());
    }
    return most;
  }

  private static int classOf(double length, double longest) {
    int number = 0;
    for (double least = longest / SPREAD; length <= least && number < CLASSES - 1; number++) {
      least /= SPREAD;
    }
    return number;
  }

  private static void cut(int start, int end, double longest, List<Part> cut) {
    for (int from = start; from < end; from += PART) {
      cut.add(new Part(from, Math.min(end, from + PART), longest));
    }
  }

  /** Longer than a code by so much that no rounding makes a score less than 0. */
  private double longer(double length) {
    return length * (1 + 4 * rounding(dimensions));
  }

  /** Copies a code, {@code (c, (m² - |c|²)/2, m)}. */
  private void fill(int place, float[] values, int code, double longest) {
    double square = squareOf(values, code * dimensions);
    extend(
        values, code * dimensions, (float) (0.5 * (longest * longest - square)), (float) longest);
    table.position((long) place * width).put(copy);
  }

  /** Makes the copy a vector from the origin, and two more values. */
  private void extend(float[] values, int from, float next, float last) {
    for (int d = 0; d < dimensions; d++) {
      copy[d] = values[from + d] - origin[d];
    }
    copy[dimensions] = next;
    copy[dimensions + 1] = last;
  }

  /** The parts that hold all codes. */
  List<Part> all() {
    return all;
  }

  /** The parts that hold a group. */
  List<Part> parts(int group) {
    return parts.get(group);
  }

  /** The groups' centres. */
  Part centres() {
    if (centres == null) {
      centres = centresOf(codebook.groups().centres(codebook));
    }
    return centres;
  }

  /** What a sum of as many products in 32 bits may be wrong by, as a share of their sum. */
  static double rounding(int dimensions) {
    return (dimensions + 16) * 0x1p-24;
  }

  /** What the scores of a vector of a length and a part's codes may be wrong by. */
  double error(Part part, float length) {
    double sum = length + part.longest();
    return rounding(dimensions) * sum * sum;
  }

  /** Half a squared distance is this and half the square of the vector, less the score. */
  double whole(Part part, float length) {
    return part.longest() * (length + 0.5 * part.longest());
  }

  /** The code at a place of a part. */
  int code(Part part, int place) {
    return order[part.from + place];
  }

  /** The square of a vector from the origin, rounded no more than {@link #error} allows. */
  float squareOf(float[] values, int from) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int d = 0;
    for (; d + 3 < dimensions; d += 4) {
      float x0 = values[from + d] - origin[d];
      float x1 = values[from + d + 1] - origin[d + 1];
      float x2 = values[from + d + 2] - origin[d + 2];
      float x3 = values[from + d + 3] - origin[d + 3];
      s0 += x0 * x0;
      s1 += x1 * x1;
      s2 += x2 * x2;
      s3 += x3 * x3;
    }
    for (; d < dimensions; d++) {
      float x = values[from + d] - origin[d];
      s0 += x * x;
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** The length of a vector with this square, or a little more. */
  float lengthOf(double square) {
    return (float) (Math.sqrt(square) * (1 + rounding(dimensions)));
  }

  /** Says what the vector of a row is: {@code (x, 1, |x|)}. */
  void put(int row, float[] values, int from, float length) {
    int to = row * width;
    if (isCentred) {
      multiplying.put(to, values, from, dimensions);
      multiplying.put(to + dimensions, 1);
      multiplying.put(to + dimensions + 1, length);
    } else {
      extend(values, from, 1, length);
      multiplying.put(to, copy);
    }
  }

  /**
   * Computes the scores of some rows and a part's codes, for the methods below, which count rows
   * from the first of these.
   *
   * @param count at most {@link Part#rows}
   */
  void multiply(Part part, int from, int count) {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        count,
        part.size(),
        width,
        1,
        vectors.position((long) from * width),
        width,
        table.position((long) part.from * width),
        width,
        0,
        scores.position(0),
        part.stride());
  }

  /** The place of a row's greatest score; where there are several, of one of them. */
  int greatest(Part part, int row) {
    // Of the absolute values, but no score is less than 0.
    return (int) cblas_isamax(part.size(), scores.position((long) row * part.stride()), 1);
  }

  /** Makes the score of a row and a code 0, which is the least, if the part has it. */
  void remove(Part part, int row, int code) {
    int place = places[code] - part.from;
    if (place >= 0 && place < part.size()) {
      multiplied.put((long) row * part.stride() + place, 0);
    }
  }

  /** A score of a row. */
  float score(Part part, int row, int place) {
    return multiplied.get((long) row * part.stride() + place);
  }

  /** The place of the greatest score of a row after that of a place, which becomes 0. */
  int greatestBut(Part part, int row, int place) {
    multiplied.put((long) row * part.stride() + place, 0);
    return greatest(part, row);
  }

  @Override
  public void close() {
    table.position(0).close();
    vectors.position(0).close();
    scores.position(0).close();
  }
}
