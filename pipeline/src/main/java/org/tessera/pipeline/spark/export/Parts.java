package org.tessera.pipeline.spark.export;

import org.apache.spark.Partitioner;
import org.tessera.pipeline.export.ExportSpec;
import org.tessera.pipeline.export.Measured;

/**
 * Cuts the order of all sequences into parts, each written by one task: so many equal ranges of
 * places for each bucket of lengths. It depends on what is exported only, never on the cluster.
 */
final class Parts extends Partitioner {
  private static final long serialVersionUID = 1L;

  /** Shards of a part, about: the last one of a part is not full. */
  private static final int SHARDS = 4;

  private final int[] counts;
  private final int[] starts;
  private final int total;

  Parts(ExportSpec spec, Measured measured) {
    int buckets = spec.buckets().size() + 1;
    this.counts = new int[buckets];
    this.starts = new int[buckets];
    int sum = 0;
    for (int bucket = 0; bucket < buckets; bucket++) {
      starts[bucket] = sum;
      counts[bucket] = measured.buckets().contains(bucket) ? parts(spec, measured, bucket) : 0;
      sum += counts[bucket];
    }
    this.total = sum;
  }

  private static int parts(ExportSpec spec, Measured measured, int bucket) {
    long shards = ceil(measured.bytes(bucket), spec.shardBytes());
    if (spec.shardSamples() > 0) {
      shards = Math.max(shards, ceil(measured.sequences(bucket), spec.shardSamples()));
    }
    return (int) Math.max(1, Math.min(1 << 20, ceil(shards, SHARDS)));
  }

  private static long ceil(long a, long b) {
    return (a + b - 1) / b;
  }

  /** The bucket of a part. */
  int bucket(int part) {
    int bucket = 0;
    while (part >= starts[bucket] + counts[bucket]) {
      bucket++;
    }
    return bucket;
  }

  @Override
  public int numPartitions() {
    return total;
  }

  @Override
  public int getPartition(Object key) {
    String place = (String) key;
    int bucket = Sequences.bucket(place);
    return starts[bucket] + Sequences.part(place, counts[bucket]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Parts parts
        && java.util.Arrays.equals(parts.counts, counts)
        && java.util.Arrays.equals(parts.starts, starts);
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(counts);
  }
}
