package org.tessera.model.pool;

/**
 * How much a pool holds and runs at once. Immutable and thread-safe.
 *
 * @param maxBytes the weight of models that stay loaded; leased models stay even beyond it
 * @param permits model calls that run at once; 0 for no limit
 */
public record PoolOptions(long maxBytes, int permits) {
  public PoolOptions {
    if (maxBytes < 0 || permits < 0) {
      throw new IllegalArgumentException(
          "Cannot make a pool of " + maxBytes + " bytes and " + permits + " permits");
    }
  }

  /** Four GiB of models; calls on the CPU are limited by the threads that make them. */
  public static PoolOptions forCpu() {
    return new PoolOptions(4L << 30, 0);
  }

  /** Four GiB of models; two calls at once, so that one copies while the other computes. */
  public static PoolOptions forGpu() {
    return new PoolOptions(4L << 30, 2);
  }
}
