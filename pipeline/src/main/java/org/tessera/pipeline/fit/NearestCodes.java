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

/**
 * Finds the nearest code (Euclidean; of equal codes the lowest) of every vector of a block by
 * OpenBLAS, on one thread.
 *
 * <p>Codes are ordered by their length and cut into parts of at most {@value #PART} whose longest
 * code is at most {@value #SPREAD} times as long as the shortest. In a part whose longest code has
 * the length m, the nearest code is {@code argmax_k x·c_k + (m² - |c_k|²)/2 + m|x|}, where m makes
 * every score positive, so that the BLAS search for the greatest absolute value finds it, and is of
 * the size of the terms beside it, so that it costs little precision. Both summands are two more
 * dimensions of the product. Vectors are searched in slices of so many that the scores of a slice
 * and a part stay in a core's cache. Not thread-safe; whoever made it closes it.
 */
final class NearestCodes implements AutoCloseable {
  private static final int PART = 1024;

  /** A megabyte of scores: what is written by the product is read while it is near. */
  private static final int SCORES = 1 << 18;

  /** Between the scores of two vectors, lest all begin at the same place in a page of memory. */
  private static final int PADDING = 16;

  /** Vectors in a slice at most. */
  private static final int MOST_ROWS = 1024;

  /** How much longer than its shortest code the longest of a part may be. */
  private static final int SPREAD = 8;

  /** Codes shorter than this share of the longest are one part. */
  private static final double SHORT = 0x1p-10;

  private final int dimensions;
  private final int width;

  /** The codes by length: the bits of the square, then the number of the code. */
  private final long[] order;

  private final List<Part> parts = new ArrayList<>();
  private final float[] extended;

  /** From a vector's scores to those of the next. */
  private final int stride;

  private final FloatPointer table;
  private final FloatPointer vectors;
  private final FloatPointer scores;

  /** The same memory as the scores. */
  private final FloatBuffer found;

  /** The scores of each vector of a slice. */
  private final FloatPointer[] rows;

  /** Neighbours in the order of lengths, the longest being {@code longest}. */
  private record Part(int from, int to, double longest) {}

  NearestCodes(Codebook codebook) {
    // Spark has a task for each core, and one thread always adds in the same order.
    blas_set_num_threads(1);
    dimensions = codebook.dimensions();
    width = dimensions + 2;
    order = new long[codebook.codes()];
    Arrays.setAll(
        order,
        code ->
            (long) Float.floatToIntBits((float) square(codebook.values(), code * dimensions)) << 32
                | code);
    Arrays.sort(order);
    cut();
    stride = Math.min(order.length, PART) + PADDING;
    rows = new FloatPointer[Math.min(MOST_ROWS, SCORES / stride)];
    extended = new float[rows.length * width];
    table = new FloatPointer((long) order.length * width);
    vectors = new FloatPointer(extended.length);
    scores = new FloatPointer((long) rows.length * stride);
    found = scores.asBuffer();
    for (int row = 0; row < rows.length; row++) {
      rows[row] = scores.getPointer((long) row * stride);
    }
    parts.forEach(part -> fill(part, codebook.values()));
  }

  private double square(float[] values, int from) {
    double sum = 0;
    for (int i = from; i < from + dimensions; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  /** The length of a vector, in floats that do not wait for each other. */
  private float length(float[] values, int from) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = from;
    for (; i + 3 < from + dimensions; i += 4) {
      s0 += values[i] * values[i];
      s1 += values[i + 1] * values[i + 1];
      s2 += values[i + 2] * values[i + 2];
      s3 += values[i + 3] * values[i + 3];
    }
    for (; i < from + dimensions; i++) {
      s0 += values[i] * values[i];
    }
    return (float) Math.sqrt((s0 + s1) + (s2 + s3));
  }

  private double length(int place) {
    return Math.sqrt(Float.intBitsToFloat((int) (order[place] >> 32)));
  }

  private void cut() {
    double least = SHORT * length(order.length - 1);
    for (int from = 0, to; from < order.length; from = to) {
      double longest = SPREAD * Math.max(least, length(from));
      to = from + 1;
      while (to < order.length && to - from < PART && length(to) <= longest) {
        to++;
      }
      parts.add(new Part(from, to, length(to - 1)));
    }
  }

  /** Copies a part's codes, {@code (c, (m² - |c|²)/2, m)}. */
  private void fill(Part part, float[] values) {
    float[] row = new float[width];
    row[dimensions + 1] = (float) part.longest;
    for (int place = part.from; place < part.to; place++) {
      int start = (int) order[place] * dimensions;
      System.arraycopy(values, start, row, 0, dimensions);
      row[dimensions] = (float) (0.5 * (part.longest * part.longest - square(values, start)));
      table.position((long) place * width).put(row);
    }
  }

  /** The nearest code of each vector. */
  int[] search(Block block) {
    int[] ids = new int[block.count()];
    for (int from = 0; from < ids.length; from += rows.length) {
      search(block.values(), from, Math.min(rows.length, ids.length - from), ids);
    }
    return ids;
  }

  private void search(float[] values, int from, int count, int[] ids) {
    extend(values, from, count);
    vectors.put(extended, 0, count * width);
    double[] best = new double[count];
    Arrays.fill(best, Double.NEGATIVE_INFINITY);
    for (Part part : parts) {
      multiply(part, count);
      for (int i = 0; i < count; i++) {
        int place = (int) cblas_isamax(part.to - part.from, rows[i], 1);
        double added = part.longest * (extended[(i + 1) * width - 1] + 0.5 * part.longest);
        double score = found.get(i * stride + place) - added;
        if (score > best[i]) {
          best[i] = score;
          ids[from + i] = (int) order[part.from + place];
        }
      }
    }
  }

  /** Copies a slice's vectors, {@code (x, 1, |x|)}. */
  private void extend(float[] values, int from, int count) {
    for (int i = 0; i < count; i++) {
      int start = (from + i) * dimensions;
      System.arraycopy(values, start, extended, i * width, dimensions);
      extended[i * width + dimensions] = 1;
      extended[i * width + dimensions + 1] = length(values, start);
    }
  }

  /** The scores of a slice's vectors and a part's codes. */
  private void multiply(Part part, int count) {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        count,
        part.to - part.from,
        width,
        1,
        vectors,
        width,
        table.position((long) part.from * width),
        width,
        0,
        scores,
        stride);
  }

  @Override
  public void close() {
    table.position(0).close();
    vectors.close();
    scores.close();
  }
}
