package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * One pass of k-means: assigns vectors to their nearest codes and collects counts, sums, the error
 * and vectors drawn by their error. Sums are kept in parts of {@value #PART_VALUES} values, so that
 * no message is large.
 */
final class ClusterPass implements VectorBlocks.Fold {
  private static final long serialVersionUID = 1L;

  /** The key of {@link Totals}. */
  static final int TOTALS = -1;

  private static final int PART_VALUES = 1 << 19;

  private final Codebook codebook;
  private final Scales scales;
  private final Collect collect;
  private final Draw draw;
  private final Share share;

  /** What earlier passes found out. */
  private final Notes notes;

  /** What is added up for each code. */
  enum Collect {
    /** Nothing: only the error and the drawn vectors are wanted. */
    NOTHING,
    /** The number of vectors and their sum. */
    SUMS
  }

  /** How many vectors are drawn, and by which seed. */
  static final class Draw implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    /** No vector is drawn. */
    static final Draw NONE = new Draw(0, 0);

    private final long seed;
    private final int number;

    Draw(long seed, int number) {
      this.seed = seed;
      this.number = number;
    }
  }

  /** Which blocks take part: one share of several, by a hash of the block. */
  static final class Share implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    /** Every block takes part. */
    static final Share ALL = new Share(0, 0, 1);

    private final long seed;
    private final int index;
    private final int of;

    Share(long seed, int index, int of) {
      this.seed = seed;
      this.index = index;
      this.of = of;
    }

    boolean has(Block block) {
      return of == 1
          || Long.remainderUnsigned(Hashing.mix(seed, block.id()), of)
              == Integer.toUnsignedLong(index);
    }
  }

  /** The fixed-point scales of the vectors at hand. */
  static final class Scales implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    private final double value;
    private final double error;

    /** Scales for {@code count} vectors whose values and codes lie within ±{@code most}. */
    Scales(double most, long count, int dimensions) {
      this.value = FixedPoint.scale(most, count);
      this.error = FixedPoint.scale(4 * most * most * dimensions, count);
    }

    double value() {
      return value;
    }
  }

  /** A pass that finds everything itself. */
  ClusterPass(Codebook codebook, Scales scales, Collect collect, Draw draw, Share share) {
    this(codebook, scales, collect, draw, share, Notes.none());
  }

  /** A pass that goes on from notes, which follow the codebook. */
  ClusterPass(
      Codebook codebook, Scales scales, Collect collect, Draw draw, Share share, Notes notes) {
    this.notes = notes;
    this.codebook = codebook;
    this.scales = scales;
    this.collect = collect;
    this.draw = draw;
    this.share = share;
  }

  /** How many codes one part of the sums holds. */
  static int codesPerPart(int dimensions) {
    return Math.max(1, PART_VALUES / dimensions);
  }

  /** The error of a pass and the vectors drawn in it. */
  static final class Totals implements VectorBlocks.Part {
    private static final long serialVersionUID = 1L;

    private final double scale;
    private final Draws draws;
    private long vectors;
    private long error;

    private Totals(double scale, Draws draws) {
      this.scale = scale;
      this.draws = draws;
    }

    @Override
    public Totals merge(VectorBlocks.Part other) {
      Totals totals = (Totals) other;
      vectors += totals.vectors;
      error += totals.error;
      draws.merge(totals.draws);
      return this;
    }

    long vectors() {
      return vectors;
    }

    /** The sum of squared distances. */
    double error() {
      return error / scale;
    }

    Draws draws() {
      return draws;
    }
  }

  /** Counts and sums of consecutive codes. */
  static final class Sums implements VectorBlocks.Part {
    private static final long serialVersionUID = 1L;

    private final int dimensions;
    private final long[] counts;
    private final long[] sums;

    private Sums(int codes, int dimensions) {
      this.dimensions = dimensions;
      counts = new long[codes];
      sums = new long[codes * dimensions];
    }

    @Override
    public Sums merge(VectorBlocks.Part other) {
      Sums more = (Sums) other;
      Arrays.setAll(counts, i -> counts[i] + more.counts[i]);
      Arrays.setAll(sums, i -> sums[i] + more.sums[i]);
      return this;
    }

    /** Adds the vector of a row to a code, or takes it off. */
    private void add(int code, float[] values, int row, int sign, double scale) {
      int from = row * dimensions;
      int to = code * dimensions;
      counts[code] += sign;
      for (int i = 0; i < dimensions; i++) {
        sums[to + i] += sign * (long) (values[from + i] * scale);
      }
    }

    long[] counts() {
      return counts;
    }

    /** Fixed-point sums, {@code codes × dimensions}. */
    long[] sums() {
      return sums;
    }
  }

  @Override
  public VectorBlocks.FoldWorker open() {
    return new Worker();
  }

  private final class Worker implements VectorBlocks.FoldWorker {
    private final NearestCodes nearest = notes.search(codebook);
    private final Totals totals = new Totals(scales.error, new Draws(draw.seed, draw.number));
    private final int dimensions = codebook.dimensions();
    private final int codesPerPart = codesPerPart(dimensions);
    private final Sums[] sums = new Sums[(codebook.codes() - 1) / codesPerPart + 1];

    @Override
    public void add(Block block) {
      if (!share.has(block)) {
        return;
      }
      Neighbours known = notes.take(block, codebook.groups().number());
      boolean addsChanges = notes.addsChanges() && known.codes()[0] >= 0;
      int[] before = addsChanges ? known.codes().clone() : null;
      nearest.search(block, known);
      totals.vectors += block.count();
      addErrors(block, known.distances());
      if (collect != Collect.NOTHING && addsChanges) {
        addChanges(block, known.codes(), before);
      } else if (collect != Collect.NOTHING) {
        addAll(block, known.codes());
      }
      notes.leave(block, known);
    }

    private void addErrors(Block block, float[] distances) {
      for (int row = 0; row < distances.length; row++) {
        totals.error += (long) (distances[row] * scales.error);
        if (draw.number > 0) {
          totals.draws.offer(block, row, distances[row]);
        }
      }
    }

    private void addAll(Block block, int[] codes) {
      for (int row = 0; row < codes.length; row++) {
        add(block.values(), row, codes[row], 1);
      }
    }

    private void addChanges(Block block, int[] codes, int[] before) {
      for (int row = 0; row < codes.length; row++) {
        if (codes[row] != before[row]) {
          add(block.values(), row, codes[row], 1);
          add(block.values(), row, before[row], -1);
        }
      }
    }

    /** Adds a vector to the sums of a code, or takes it off. */
    private void add(float[] values, int row, int code, int sign) {
      int key = code / codesPerPart;
      if (sums[key] == null) {
        int codes = Math.min(codesPerPart, codebook.codes() - key * codesPerPart);
        sums[key] = new Sums(codes, dimensions);
      }
      sums[key].add(code % codesPerPart, values, row, sign, scales.value);
    }

    @Override
    public Map<Integer, VectorBlocks.Part> parts() {
      Map<Integer, VectorBlocks.Part> parts = new TreeMap<>(Map.of(TOTALS, totals));
      for (int key = 0; key < sums.length; key++) {
        if (sums[key] != null) {
          parts.put(key, sums[key]);
        }
      }
      return parts;
    }

    @Override
    public void close() {
      nearest.close();
    }
  }
}
