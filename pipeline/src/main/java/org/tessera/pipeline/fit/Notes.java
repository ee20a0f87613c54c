package org.tessera.pipeline.fit;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What passes over blocks in this process's memory leave to the next ones: of each block its {@link
 * Neighbours}, of each group of codes how far its codes have moved at most, and the sums of all
 * vectors, to which a pass adds those that have changed codes. A vector is compared with a group
 * only if the group may have come near enough (Ding and others: Yinyang k-means, ICML 2015). With
 * notes or without, passes find the same. Folds may use it from several threads, between calls of
 * {@link #follow}.
 */
final class Notes {
  private static final long MOST_BYTES = 256L << 20;

  /** A move is rounded up by more than its computation rounds it down. */
  private static final double SAFE = 1 + 0x1p-20;

  private final int groups;
  private final Map<Long, Neighbours> neighbours = new ConcurrentHashMap<>();
  private final Map<Integer, VectorBlocks.Part> sums = new TreeMap<>();
  private final float[] drifts;
  private Codebook codebook;

  private Notes(Codebook codebook) {
    this.codebook = codebook;
    this.groups = codebook.groups().number();
    this.drifts = new float[groups];
  }

  /**
   * Empty notes for passes over all blocks that begin with a codebook; null where blocks are
   * elsewhere or notes would take more than an eighth of the heap or {@value #MOST_BYTES} bytes.
   */
  static Notes of(VectorBlocks blocks, Codebook codebook) {
    if (!blocks.inMemory()) {
      return null;
    }
    long most = Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 8);
    return Neighbours.bytes(blocks.count(), codebook.groups().number()) > most
        ? null
        : new Notes(codebook);
  }

  /** A search that may begin with notes, which may be null. */
  static NearestCodes search(Codebook codebook, Notes notes) {
    return notes == null ? new NearestCodes(codebook) : new NearestCodes(codebook, notes.drifts);
  }

  /** What is known of a block. */
  Neighbours of(Block block) {
    return neighbours.computeIfAbsent(block.id(), id -> new Neighbours(block.count(), groups));
  }

  /** Goes on with the same codes at other places, in the same groups. */
  void follow(Codebook moved) {
    if (moved == codebook) {
      return;
    }
    double[] most = new double[groups];
    for (int code = 0; code < moved.codes(); code++) {
      int group = moved.groups().of(code);
      most[group] =
          Math.max(most[group], moved.exactSquaredDistance(codebook.values(), code, code));
    }
    for (int group = 0; group < groups; group++) {
      drifts[group] = Math.nextUp((float) (drifts[group] + Math.sqrt(most[group]) * SAFE));
    }
    codebook = moved;
  }

  /** The parts of a pass, with the sums of all vectors for those of the ones that changed codes. */
  Map<Integer, VectorBlocks.Part> whole(Map<Integer, VectorBlocks.Part> parts) {
    Map<Integer, VectorBlocks.Part> whole = new TreeMap<>();
    parts.forEach(
        (key, part) -> {
          if (key == ClusterPass.TOTALS) {
            whole.put(key, part);
          } else {
            sums.merge(key, part, VectorBlocks.Part::merge);
          }
        });
    whole.putAll(sums);
    return whole;
  }
}
