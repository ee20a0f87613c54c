package org.tessera.pipeline.export;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the sequences of one part, in order, into shards under the limits. Not thread-safe.
 *
 * @see ExportSpec#shardBytes()
 */
public final class ShardCut {
  private final ShardFormat format;
  private final long maxBytes;
  private final long maxSequences;
  private final List<Shard> shards = new ArrayList<>();
  private long sequences;
  private long ids;
  private long bytes;

  /**
   * A shard.
   *
   * @param sequences how many it holds
   * @param ids how many ids
   * @param bytes its size before compression
   */
  public record Shard(long sequences, long ids, long bytes) {}

  /** Cuts for a specification. */
  public ShardCut(ExportSpec spec, ShardFormat format) {
    this.format = format;
    this.maxBytes = spec.shardBytes();
    this.maxSequences = spec.shardSamples() == 0 ? Long.MAX_VALUE : spec.shardSamples();
  }

  /**
   * Puts the next sequence into a shard.
   *
   * @throws IllegalArgumentException when it is larger than a shard may be
   */
  public void add(Sequence sequence) {
    long own = format.bytes(sequence);
    if (format.emptyBytes() + own > maxBytes) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot write shards of at most %d bytes: sequence %s alone takes %d (raise"
                  + " --shard-bytes)",
              maxBytes, sequence.name(), format.emptyBytes() + own));
    }
    if (sequences == maxSequences || format.emptyBytes() + bytes + own > maxBytes) {
      end();
    }
    sequences++;
    ids += sequence.ids().length;
    bytes += own;
  }

  private void end() {
    if (sequences > 0) {
      shards.add(new Shard(sequences, ids, format.emptyBytes() + bytes));
    }
    sequences = 0;
    ids = 0;
    bytes = 0;
  }

  /** The shards, when all sequences were added. */
  public List<Shard> shards() {
    end();
    return List.copyOf(shards);
  }
}
