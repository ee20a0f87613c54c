package org.tessera.pipeline.fit;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Codes in groups of neighbours, and how far the groups are from each code. Where a vector's
 * distance from one code is u, codes that are more than 2u from that code are further from the
 * vector (Elkan: Using the triangle inequality to accelerate k-means, ICML 2003). Thread-safe.
 */
final class CodeGroups implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int CODES_PER_GROUP = 64;

  /** Fewer codes are in smaller groups. */
  private static final int GROUPS = 8;

  private static final int LEAST_CODES_PER_GROUP = 32;

  /** No more than a byte can tell apart. */
  private static final int MOST_GROUPS = 256;

  /** Limits of all codes and groups together, at most; each takes five bytes. */
  private static final int MOST_LIMITS = 1 << 24;

  private final int number;
  private final int[] groups;
  private final float[] origin;

  /** What searches found out about codes; it stays in this process. */
  private final transient AtomicReferenceArray<Limits> limits;

  private CodeGroups(int number, int[] groups, float[] origin) {
    this.number = number;
    this.groups = groups;
    this.origin = origin;
    this.limits = new AtomicReferenceArray<>(groups.length);
  }

  /**
   * Equally large groups: all codes are halved across the dimension in which they vary most, and so
   * are the halves.
   */
  static CodeGroups of(Codebook codebook) {
    int codes = codebook.codes();
    int[] groups = new int[codes];
    Integer[] order = new Integer[codes];
    Arrays.setAll(order, code -> code);
    int most = Math.max(1, Math.min(MOST_GROUPS, MOST_LIMITS / codes));
    int number = Integer.highestOneBit(Math.min(most, wanted(codes)));
    split(codebook, order, 0, codes, 0, number, groups);
    return new CodeGroups(number, groups, origin(codebook));
  }

  /** The mean code, or nought where that is less than a quarter as long as codes are. */
  private static float[] origin(Codebook codebook) {
    float[] nought = new float[codebook.dimensions()];
    float[] mean = new CodeGroups(1, new int[codebook.codes()], nought).centres(codebook);
    double squares = 0;
    for (float value : codebook.values()) {
      squares += (double) value * value;
    }
    double square = 0;
    for (float value : mean) {
      square += (double) value * value;
    }
    return 16 * square * codebook.codes() < squares ? nought : mean;
  }

  private static int wanted(int codes) {
    int small = Math.min(GROUPS, codes / LEAST_CODES_PER_GROUP);
    return Math.max(1, Math.max(small, codes / CODES_PER_GROUP));
  }

  private static void split(
      Codebook codebook, Integer[] order, int from, int to, int first, int number, int[] groups) {
    if (number == 1) {
      for (int i = from; i < to; i++) {
        groups[order[i]] = first;
      }
      return;
    }
    int dimension = widest(codebook, order, from, to);
    Arrays.sort(
        order,
        from,
        to,
        Comparator.<Integer>comparingDouble(
                code -> codebook.values()[code * codebook.dimensions() + dimension])
            .thenComparing(Comparator.naturalOrder()));
    int middle = (from + to) >>> 1;
    split(codebook, order, from, middle, first, number / 2, groups);
    split(codebook, order, middle, to, first + number / 2, number / 2, groups);
  }

  /** The dimension of the greatest variance. */
  private static int widest(Codebook codebook, Integer[] order, int from, int to) {
    int dimensions = codebook.dimensions();
    double[] sums = new double[dimensions];
    double[] squares = new double[dimensions];
    for (int i = from; i < to; i++) {
      for (int d = 0; d < dimensions; d++) {
        double value = codebook.values()[order[i] * dimensions + d];
        sums[d] += value;
        squares[d] += value * value;
      }
    }
    int widest = 0;
    double most = -1;
    for (int d = 0; d < dimensions; d++) {
      double spread = squares[d] - sums[d] * sums[d] / (to - from);
      if (spread > most) {
        most = spread;
        widest = d;
      }
    }
    return widest;
  }

  /** These, or in another process the same groups without what was found out here. */
  CodeGroups here() {
    return limits == null ? again() : this;
  }

  /** The same groups of codes that have moved. */
  CodeGroups again() {
    return new CodeGroups(number, groups, origin);
  }

  /** Where searches measure lengths from: about the mean of the codes when groups were made. */
  float[] origin() {
    return origin;
  }

  /** How many groups there are. */
  int number() {
    return number;
  }

  /** The group of a code. */
  int of(int code) {
    return groups[code];
  }

  /**
   * Half the distance of each group's codes from one code, at most: those of a group whose limit is
   * more than a vector's distance from the code are further from the vector. In its own group the
   * code itself does not count. Immutable.
   */
  static final class Limits {
    private final float[] of;

    /** The groups, those with the least limits first, in one byte each. */
    private final byte[] nearest;

    /** The limit of each group; not copied. */
    Limits(float[] of) {
      this.of = of;
      long[] keys = new long[of.length];
      // Floats that are not negative are in the order of their bits.
      Arrays.setAll(keys, group -> (long) Float.floatToIntBits(of[group]) << 32 | group);
      Arrays.sort(keys);
      nearest = new byte[of.length];
      for (int i = 0; i < keys.length; i++) {
        nearest[i] = (byte) keys[i];
      }
    }

    float of(int group) {
      return of[group];
    }

    /** The group that comes after so many others when the least limits come first. */
    int nearest(int others) {
      return Byte.toUnsignedInt(nearest[others]);
    }
  }

  /** The limits of a code, null before they are set. */
  Limits limits(int code) {
    return limits.get(code);
  }

  void set(int code, Limits found) {
    limits.set(code, found);
  }

  /** The mean code of each group, {@code groups × dimensions}. */
  float[] centres(Codebook codebook) {
    int dimensions = codebook.dimensions();
    double[] sums = new double[number * dimensions];
    int[] counts = new int[number];
    for (int code = 0; code < groups.length; code++) {
      counts[groups[code]]++;
      for (int d = 0; d < dimensions; d++) {
        sums[groups[code] * dimensions + d] += codebook.values()[code * dimensions + d];
      }
    }
    float[] centres = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      centres[i] = (float) (sums[i] / counts[i / dimensions]);
    }
    return centres;
  }
}
