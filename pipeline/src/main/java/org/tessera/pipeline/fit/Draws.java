package org.tessera.pipeline.fit;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Draws a fixed number of vectors without replacement, with probabilities proportional to weights,
 * in one pass over any grouping of them: of all vectors the ones with the smallest {@code
 * -ln(u)/w}, u being a hash (Efraimidis, Spirakis: Weighted random sampling with a reservoir,
 * 2006). Memory is bounded by twice the number drawn. Not thread-safe.
 */
final class Draws implements VectorBlocks.Part {
  private static final long serialVersionUID = 1L;

  private final long seed;
  private final int number;
  private final ArrayList<Drawn> kept = new ArrayList<>();
  private double most;

  /** Draws {@code number} vectors; equal seeds draw equal vectors. */
  Draws(long seed, int number) {
    this(seed, number, Double.POSITIVE_INFINITY);
  }

  private Draws(long seed, int number, double most) {
    this.seed = seed;
    this.number = number;
    this.most = most;
  }

  /** Draws from vectors that all weigh 1, of which nearly all are passed over at once. */
  static Draws uniform(long seed, int number, long count) {
    // Six standard deviations more than are wanted have a smaller key.
    return new Draws(seed, number, (number + 6 * Math.sqrt(number) + 36) / count);
  }

  private static final class Drawn implements Serializable, Comparable<Drawn> {
    private static final long serialVersionUID = 1L;

    private final double key;
    private final long block;
    private final int row;
    private final float[] vector;

    private Drawn(double key, long block, int row, float[] vector) {
      this.key = key;
      this.block = block;
      this.row = row;
      this.vector = vector;
    }

    @Override
    public int compareTo(Drawn other) {
      int order = Double.compare(key, other.key);
      if (order == 0) {
        order = Long.compare(block, other.block);
      }
      return order == 0 ? Integer.compare(row, other.row) : order;
    }
  }

  /** Offers one vector; a weight of 0 is never drawn. */
  void offer(Block block, int row, double weight) {
    if (number == 0 || !(weight > 0)) {
      return;
    }
    double u = Hashing.unit(Hashing.mix(Hashing.mix(seed, block.id()), row));
    // -ln(u) is at least 1-u, so most vectors are passed over without a logarithm.
    if (1 - u > most * weight) {
      return;
    }
    double key = -StrictMath.log(u) / weight;
    if (key <= most) {
      int start = row * block.dimensions();
      keep(
          new Drawn(
              key,
              block.id(),
              row,
              Arrays.copyOfRange(block.values(), start, start + block.dimensions())));
    }
  }

  private void keep(Drawn drawn) {
    kept.add(drawn);
    if (kept.size() >= 2 * number + 64) {
      shrink();
    }
  }

  private void shrink() {
    Collections.sort(kept);
    if (number > 0 && kept.size() >= number) {
      kept.subList(number, kept.size()).clear();
      most = kept.get(number - 1).key;
    }
  }

  @Override
  public Draws merge(VectorBlocks.Part other) {
    ((Draws) other).kept.forEach(this::keep);
    return this;
  }

  /** What crosses to the driver is no more than may be drawn. */
  private Object writeReplace() {
    shrink();
    return this;
  }

  /** The vectors in the order in which they were drawn, at most the number asked for. */
  List<float[]> vectors() {
    shrink();
    return kept.stream().map(drawn -> drawn.vector).toList();
  }
}
