package org.tessera.pipeline.stats;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The distribution of one level's quantization error: a histogram of eight equal bins for each
 * doubling, and an exact sum. A sum itself: adding in any order gives the same to the last bit. Not
 * thread-safe.
 */
public final class ErrorCounts {
  private static final int SHIFT = 20;
  private static final int BINS = 0x7f800000 >>> SHIFT;
  private static final int EXPONENTS = 256;
  private static final int MANTISSA = 1 << 23;

  private final long[] bins = new long[BINS];

  /** The sum of the significands of the values of each binary exponent. */
  private final long[] significands = new long[EXPONENTS];

  private long unusable;
  private float min = Float.POSITIVE_INFINITY;
  private float max;

  /** Counts an error; negative ones, infinities and NaN are counted apart. */
  public void add(float error) {
    if (!(error >= 0 && error < Float.POSITIVE_INFINITY)) {
      unusable++;
      return;
    }
    int bits = Float.floatToIntBits(error + 0f);
    bins[bits >>> SHIFT]++;
    int exponent = bits >>> 23;
    int fraction = bits & (MANTISSA - 1);
    significands[Math.max(exponent, 1)] += exponent == 0 ? fraction : fraction | MANTISSA;
    min = Math.min(min, error);
    max = Math.max(max, error);
  }

  /** Adds another sum. */
  public void add(ErrorCounts other) {
    for (int i = 0; i < bins.length; i++) {
      bins[i] += other.bins[i];
    }
    for (int i = 0; i < significands.length; i++) {
      significands[i] += other.significands[i];
    }
    unusable += other.unusable;
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
  }

  /** The number of bins. */
  public static int bins() {
    return BINS;
  }

  /** How many errors lie in a bin, from its lower bound to before the next bin's. */
  public long bin(int bin) {
    return bins[bin];
  }

  /** The smallest error of a bin; of the bin after the last it is infinity. */
  public static float lowerBound(int bin) {
    return Float.intBitsToFloat(bin << SHIFT);
  }

  /** Errors counted. */
  public long count() {
    long count = 0;
    for (long bin : bins) {
      count += bin;
    }
    return count;
  }

  /**
   * Count, mean, extremes and quantiles; a quantile is its bin's upper bound, at most an eighth too
   * large.
   */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (unusable > 0) {
      metrics.put("error_unusable", (double) unusable);
    }
    long count = count();
    if (count == 0) {
      return metrics;
    }
    double sum = 0;
    for (int exponent = 0; exponent < EXPONENTS; exponent++) {
      sum += Math.scalb((double) significands[exponent], exponent - 150);
    }
    metrics.put("error_count", (double) count);
    metrics.put("error_mean", sum / count);
    metrics.put("error_min", (double) min);
    metrics.put("error_p50", quantile(0.5, count));
    metrics.put("error_p95", quantile(0.95, count));
    metrics.put("error_p99", quantile(0.99, count));
    metrics.put("error_max", (double) max);
    return metrics;
  }

  private double quantile(double share, long count) {
    long wanted = (long) Math.ceil(share * count);
    long before = 0;
    for (int bin = 0; bin < BINS; bin++) {
      before += bins[bin];
      if (before >= wanted) {
        return Math.min(max, lowerBound(bin + 1));
      }
    }
    return max;
  }

  void write(DataOutput out) throws IOException {
    writeSparse(out, bins);
    writeSparse(out, significands);
    Varints.write(out, unusable);
    out.writeFloat(min);
    out.writeFloat(max);
  }

  static ErrorCounts read(DataInput in) throws IOException {
    ErrorCounts made = new ErrorCounts();
    readSparse(in, made.bins);
    readSparse(in, made.significands);
    made.unusable = Varints.read(in);
    made.min = in.readFloat();
    made.max = in.readFloat();
    return made;
  }

  private static void writeSparse(DataOutput out, long[] values) throws IOException {
    int used = 0;
    for (long value : values) {
      used += value == 0 ? 0 : 1;
    }
    Varints.write(out, used);
    for (int i = 0; i < values.length; i++) {
      if (values[i] != 0) {
        Varints.write(out, i);
        Varints.write(out, values[i]);
      }
    }
  }

  private static void readSparse(DataInput in, long[] values) throws IOException {
    for (long left = Varints.read(in); left > 0; left--) {
      int index = (int) Varints.read(in);
      values[index] = Varints.read(in);
    }
  }
}
