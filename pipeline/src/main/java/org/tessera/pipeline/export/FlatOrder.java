package org.tessera.pipeline.export;

import java.util.Arrays;

/**
 * Where each place of a flattened sequence takes its id from, for one shape. Immutable and
 * thread-safe; the arrays it returns are copies.
 */
public final class FlatOrder {
  /** The source of a place that no id fills. */
  public static final int PAD = -1;

  /** The source of a place that separates rows or scales. */
  public static final int SEPARATOR = -2;

  private final int[] sources;
  private final int[] slots;
  private final int size;
  private final int ids;

  FlatOrder(int[] sources, int[] slots, int size) {
    this.sources = sources;
    this.slots = slots;
    this.size = size;
    this.ids = (int) Arrays.stream(sources).filter(source -> source >= 0).count();
  }

  /** The length of the sequence, with pads and separators. */
  public int length() {
    return sources.length;
  }

  /** How many ids of the sample are in it. */
  public int ids() {
    return ids;
  }

  /** How many ids the sample has, row-major over its shape. */
  public int size() {
    return size;
  }

  /** For each place the index of its id in the sample, {@link #PAD} or {@link #SEPARATOR}. */
  public int[] sources() {
    return sources.clone();
  }

  int source(int place) {
    return sources[place];
  }

  /** The level of a place; -1 for separators. */
  int slot(int place) {
    return slots[place];
  }

  /**
   * The ids of the sequence, unchanged but for their order.
   *
   * @param pad stands where no id does
   * @param separator stands between rows or scales
   * @throws IllegalArgumentException when the sample does not have the ids of this shape
   */
  public int[] apply(int[] sample, int pad, int separator) {
    checkSize(sample.length);
    int[] sequence = new int[sources.length];
    for (int i = 0; i < sequence.length; i++) {
      int source = sources[i];
      sequence[i] = source >= 0 ? sample[source] : source == PAD ? pad : separator;
    }
    return sequence;
  }

  /**
   * The sample of a sequence that {@link #apply} made; ids that the sequence does not hold (dropped
   * levels) are {@code missing}.
   *
   * @throws IllegalArgumentException when the sequence does not have this length
   */
  public int[] invert(int[] sequence, int missing) {
    if (sequence.length != sources.length) {
      throw new IllegalArgumentException(
          "Cannot restore a sequence of "
              + sequence.length
              + " ids: those of this shape have "
              + sources.length);
    }
    int[] sample = new int[size];
    Arrays.fill(sample, missing);
    for (int i = 0; i < sequence.length; i++) {
      if (sources[i] >= 0) {
        sample[sources[i]] = sequence[i];
      }
    }
    return sample;
  }

  void checkSize(int length) {
    if (length != size) {
      throw new IllegalArgumentException(
          "Cannot flatten " + length + " ids: their shape holds " + size + " (run verify)");
    }
  }
}
