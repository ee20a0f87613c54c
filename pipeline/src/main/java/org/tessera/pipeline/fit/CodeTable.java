package org.tessera.pipeline.fit;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Codes in native memory, and the scores of vectors with them by OpenBLAS, on one thread.
 *
 * <p>Vectors and codes are taken from the mean code. Codes are ordered by group and length, and cut
 * into parts of at most {@value #PART} whose longest code is at most {@value #SPREAD} times as long
 * as the shortest. In a part whose longest code has the length m, half a squared distance is {@code
 * (|x| + m)²/2} less the score {@code x·c + (m² - |c|²)/2 + m|x|}. All terms are of one size, so
 * that they cost little precision. Both summands are two more dimensions of the product. Not
 * thread-safe; whoever made it closes it.
 */
final class CodeTable implements AutoCloseable {
  private static final int PART = 1024;

  /** A megabyte of scores: what is written by the product is read while it is near. */
  private static final int SCORES = 1 << 18;

  /** Vectors that are multiplied at a time, at most. */
  private static final int MOST_ROWS = 1024;

  /** How much longer than its shortest code the longest of a part may be. */
  private static final int SPREAD = 8;

  /** Codes shorter than this share of the longest are one part. */
  private static final double SHORT = 0x1p-10;

  private final int dimensions;
  private final int width;
  private final float[] mean;

  /** The codes by group and length: the bits of the square, then the number of the code. */
  private final long[] order;

  /** The parts of each group. */
  private final List<List<Part>> parts = new ArrayList<>();

  private final Part centres;

  private final FloatPointer table;
  private final FloatPointer vectors;

  /** The same memory as the vectors. */
  private final FloatBuffer multiplied;

  private final FloatPointer scores;

  /** The same memory as the scores. */
  private final FloatBuffer multiplication;

  /** The scores again. */
  private final float[] found;

  private final int rows;

  /** Neighbours in the order, the longest being {@code longest}. */
  record Part(int from, int to, double longest) {
    int size() {
      return to - from;
    }

    /** From a vector's scores to those of the next, which must not begin alike in every page. */
    int stride() {
      return stride(size());
    }

    private static int stride(int size) {
      return ((size + 15) / 16 | 1) * 16;
    }
  }

  CodeTable(Codebook codebook) {
    // Every core has a thread that searches.
    blas_set_num_threads(1);
    dimensions = codebook.dimensions();
    width = dimensions + 2;
    mean = mean(codebook);
    CodeGroups groups = codebook.groups();
    order = new long[codebook.codes()];
    float[] values = centred(codebook.values());
    int most = Math.max(order(groups, values), groups.number());
    rows = Math.min(MOST_ROWS, SCORES / Part.stride(most));
    table = new FloatPointer((long) (order.length + groups.number()) * width);
    vectors = new FloatPointer((long) rows * width);
    multiplied = vectors.asBuffer();
    scores = new FloatPointer((long) rows * Part.stride(most));
    multiplication = scores.asBuffer();
    found = new float[rows * Part.stride(most)];
    float[] copy = new float[width];
    for (List<Part> group : parts) {
      for (Part part : group) {
        for (int place = part.from; place < part.to; place++) {
          fill(place, copy, values, (int) order[place], part.longest);
        }
      }
    }
    centres = centres(centred(groups.centres(codebook)), copy);
  }

  private Part centres(float[] values, float[] copy) {
    int number = values.length / dimensions;
    double longest = 0;
    for (int i = 0; i < number; i++) {
      longest = Math.max(longest, Math.sqrt(square(values, i * dimensions)));
    }
    for (int i = 0; i < number; i++) {
      fill(order.length + i, copy, values, i, longest);
    }
    return new Part(order.length, order.length + number, longest);
  }

  private static float[] mean(Codebook codebook) {
    double[] sums = new double[codebook.dimensions()];
    float[] values = codebook.values();
    for (int from = 0; from < values.length; from += sums.length) {
      for (int d = 0; d < sums.length; d++) {
        sums[d] += values[from + d];
      }
    }
    float[] mean = new float[sums.length];
    for (int d = 0; d < mean.length; d++) {
      mean[d] = (float) (sums[d] / codebook.codes());
    }
    return mean;
  }

  private float[] centred(float[] of) {
    float[] values = of.clone();
    for (int from = 0; from < values.length; from += dimensions) {
      for (int d = 0; d < dimensions; d++) {
        values[from + d] -= mean[d];
      }
    }
    return values;
  }

  /** Orders the codes and cuts them; the size of the largest part. */
  private int order(CodeGroups groups, float[] values) {
    int[] ends = new int[groups.number() + 1];
    for (int code = 0; code < order.length; code++) {
      ends[groups.of(code) + 1]++;
    }
    Arrays.parallelPrefix(ends, Integer::sum);
    int[] next = ends.clone();
    for (int code = 0; code < order.length; code++) {
      int bits = Float.floatToIntBits((float) square(values, code * dimensions));
      order[next[groups.of(code)]++] = (long) bits << 32 | code;
    }
    int most = 0;
    for (int group = 0; group < groups.number(); group++) {
      Arrays.sort(order, ends[group], ends[group + 1]);
      parts.add(cut(ends[group], ends[group + 1]));
      most = parts.get(group).stream().mapToInt(Part::size).reduce(most, Math::max);
    }
    return most;
  }

  private List<Part> cut(int start, int end) {
    List<Part> cut = new ArrayList<>();
    for (int from = start, to; from < end; from = to) {
      double longest = SPREAD * Math.max(SHORT * length(end - 1), length(from));
      to = from + 1;
      while (to < end && to - from < PART && length(to) <= longest) {
        to++;
      }
      // What was rounded to a float must not be shorter than a code.
      cut.add(new Part(from, to, length(to - 1) * (1 + 0x1p-20)));
    }
    return cut;
  }

  private double length(int place) {
    return Math.sqrt(Float.intBitsToFloat((int) (order[place] >> 32)));
  }

  private double square(float[] values, int from) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = from;
    for (; i + 3 < from + dimensions; i += 4) {
      s0 += (double) values[i] * values[i];
      s1 += (double) values[i + 1] * values[i + 1];
      s2 += (double) values[i + 2] * values[i + 2];
      s3 += (double) values[i + 3] * values[i + 3];
    }
    for (; i < from + dimensions; i++) {
      s0 += (double) values[i] * values[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Copies a code, {@code (c, (m² - |c|²)/2, m)}. */
  private void fill(int place, float[] copy, float[] values, int code, double longest) {
    System.arraycopy(values, code * dimensions, copy, 0, dimensions);
    copy[dimensions] = (float) (0.5 * (longest * longest - square(values, code * dimensions)));
    copy[dimensions + 1] = (float) longest;
    table.position((long) place * width).put(copy);
  }

  /** How many vectors can be multiplied at a time. */
  int rows() {
    return rows;
  }

  /** The length of an extended vector. */
  int width() {
    return width;
  }

  /** The parts that hold a group. */
  List<Part> parts(int group) {
    return parts.get(group);
  }

  /** The groups' centres. */
  Part centres() {
    return centres;
  }

  /** What a sum of as many products in 32 bits may be wrong by, as a share of their sum. */
  static double rounding(int dimensions) {
    return (dimensions + 16) * 0x1p-24;
  }

  /** What the scores of an extended vector and a part's codes may be wrong by. */
  double error(Part part, float[] extended, int row) {
    double sum = length(extended, row) + part.longest();
    return rounding(dimensions) * sum * sum;
  }

  /** Half a squared distance is this and half the square of the vector, less the score. */
  double whole(Part part, float[] extended, int row) {
    return part.longest() * (length(extended, row) + 0.5 * part.longest());
  }

  private double length(float[] extended, int row) {
    return extended[(row + 1) * width - 1];
  }

  /** The place of the greatest of some scores. */
  static int greatest(float[] of, int from, int size) {
    int greatest = from;
    for (int i = from + 1; i < from + size; i++) {
      if (of[i] > of[greatest]) {
        greatest = i;
      }
    }
    return greatest;
  }

  /** Takes a code out of the scores of a part, which begin at a place, if the part has it. */
  void clear(Part part, int code, float[] of, int at) {
    for (int place = 0; place < part.size(); place++) {
      if (code(part, place) == code) {
        of[at + place] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** The code at a place of a part. */
  int code(Part part, int place) {
    return (int) order[part.from + place];
  }

  /**
   * Extends a vector to {@code (x, 1, |x|)}, where {@code |x|} may be a little more.
   *
   * @return the half of {@code |x|²}
   */
  double extend(float[] values, int from, float[] extended, int to) {
    for (int d = 0; d < dimensions; d++) {
      extended[to + d] = values[from + d] - mean[d];
    }
    double square = square(extended, to);
    extended[to + dimensions] = 1;
    extended[to + dimensions + 1] = (float) (Math.sqrt(square) * (1 + 0x1p-20));
    return 0.5 * square;
  }

  /** Says what the vector of a row is, {@code number} extended ones from a row on. */
  void put(int row, float[] extended, int from, int number) {
    multiplied.put(row * width, extended, from * width, number * width);
  }

  /**
   * Computes the scores of the first rows and a part's codes, {@link Part#stride} from row to row.
   *
   * @return the scores, which may be changed; the next call changes them too
   */
  float[] multiply(Part part, int count) {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        count,
        part.size(),
        width,
        1,
        vectors,
        width,
        table.position((long) part.from * width),
        width,
        0,
        scores,
        part.stride());
    multiplication.get(0, found, 0, (count - 1) * part.stride() + part.size());
    return found;
  }

  @Override
  public void close() {
    table.position(0).close();
    vectors.close();
    scores.close();
  }
}
