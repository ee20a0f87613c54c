package org.tessera.pipeline.fit;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What passes over blocks leave to the next ones: of each block its {@link Neighbours}, and of each
 * group of codes how far its codes have moved at most. A vector is compared with a group only if
 * the group may have come near enough (Ding and others: Yinyang k-means, ICML 2015). With notes or
 * without, passes find the same. Here nothing is kept. Thread-safe; one search at a time may have a
 * block of {@link Kept}.
 */
class Notes implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final long MOST_BYTES = 256L << 20;

  /** A move is rounded up by more than its computation rounds it down. */
  private static final double SAFE = 1 + 0x1p-20;

  /** How far each group has drifted; null where nothing is kept. */
  private final float[] drifts;

  /** What the notes follow, in the process that made them. */
  private final transient Codebook codebook;

  private Notes(Codebook codebook, float[] drifts) {
    this.codebook = codebook;
    this.drifts = drifts;
  }

  /** Every pass finds everything itself. */
  static Notes none() {
    return new Notes(null, null);
  }

  /**
   * Empty notes for passes over all blocks that begin with a codebook.
   *
   * <p>Of blocks in this process's memory, where they take no more than an eighth of the heap and
   * {@value #MOST_BYTES} bytes, with the sums of all vectors, to which a pass adds those that have
   * changed codes. Elsewhere they lie on the blocks, as far as an eighth of the heap goes in each
   * process that searches them.
   */
  static Notes of(VectorBlocks blocks, Codebook codebook) {
    int groups = codebook.groups().number();
    float[] drifts = new float[groups];
    long most = Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 8);
    return blocks.inMemory() && Neighbours.bytes(blocks.count(), groups) <= most
        ? new Kept(codebook, drifts, new ConcurrentHashMap<>(), new TreeMap<>())
        : new OnBlocks(codebook, drifts, UUID.randomUUID(), 0);
  }

  /** A search that goes on from what is taken and leaves it for the next. */
  NearestCodes search(Codebook searched) {
    return drifts == null ? new NearestCodes(searched) : new NearestCodes(searched, drifts);
  }

  /** What is known of a block; until it is left, no other search has it. */
  Neighbours take(Block block, int groups) {
    return new Neighbours(block.count(), groups);
  }

  /** Keeps what is known now. */
  void leave(Block block, Neighbours known) {}

  /** Keeps no longer what was taken. */
  void free(Neighbours known) {}

  /** Whether a pass adds up only the vectors that have changed codes. */
  boolean addsChanges() {
    return false;
  }

  /** The parts of a pass, with the sums of all vectors. */
  Map<Integer, VectorBlocks.Part> whole(Map<Integer, VectorBlocks.Part> parts) {
    return parts;
  }

  /** The same notes for passes with the same codes at other places, in the same groups. */
  final Notes follow(Codebook moved) {
    if (drifts == null || moved == codebook) {
      return this;
    }
    double[] most = new double[drifts.length];
    for (int code = 0; code < moved.codes(); code++) {
      int group = moved.groups().of(code);
      most[group] =
          Math.max(most[group], moved.exactSquaredDistance(codebook.values(), code, code));
    }
    float[] further = new float[drifts.length];
    for (int group = 0; group < drifts.length; group++) {
      further[group] = Math.nextUp((float) (drifts[group] + Math.sqrt(most[group]) * SAFE));
    }
    return moved(moved, further);
  }

  Notes moved(Codebook newCodebook, float[] newDrifts) {
    return this;
  }

  /** Notes of blocks that stay in this process. */
  private static final class Kept extends Notes {
    private static final long serialVersionUID = 1L;

    private final transient Map<Long, Neighbours> neighbours;
    private final transient Map<Integer, VectorBlocks.Part> sums;

    Kept(
        Codebook codebook,
        float[] drifts,
        Map<Long, Neighbours> neighbours,
        Map<Integer, VectorBlocks.Part> sums) {
      super(codebook, drifts);
      this.neighbours = neighbours;
      this.sums = sums;
    }

    @Override
    Notes moved(Codebook newCodebook, float[] newDrifts) {
      return new Kept(newCodebook, newDrifts, neighbours, sums);
    }

    @Override
    Neighbours take(Block block, int groups) {
      return neighbours.computeIfAbsent(block.id(), id -> new Neighbours(block.count(), groups));
    }

    @Override
    boolean addsChanges() {
      return true;
    }

    @Override
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

  /**
   * Notes that lie on the blocks themselves, in the processes that search them. What is lost, with
   * an executor or a block that is read from its disk, is found again.
   */
  private static final class OnBlocks extends Notes {
    private static final long serialVersionUID = 1L;

    /** Tells these notes from those of other codebooks. */
    private final UUID id;

    /** How often the codes have moved. */
    private final int moves;

    OnBlocks(Codebook codebook, float[] drifts, UUID id, int moves) {
      super(codebook, drifts);
      this.id = id;
      this.moves = moves;
    }

    @Override
    Notes moved(Codebook newCodebook, float[] newDrifts) {
      return new OnBlocks(newCodebook, newDrifts, id, moves + 1);
    }

    @Override
    Neighbours take(Block block, int groups) {
      Note note = block.swap(null);
      if (note == null) {
        return super.take(block, groups);
      }
      // A task that is repeated late may come after searches of codes that moved on.
      if (!note.of.equals(id) || note.moves > moves) {
        free(note.known);
        return super.take(block, groups);
      }
      return note.known;
    }

    @Override
    void leave(Block block, Neighbours known) {
      Note old = block.swap(known.keep() ? new Note(id, moves, known) : null);
      if (old != null) {
        free(old.known);
      }
    }

    @Override
    void free(Neighbours known) {
      known.free();
    }
  }

  /** What is known of a block, whose note it is, and how often the codes had moved. */
  record Note(UUID of, int moves, Neighbours known) {}
}
