package org.tessera.udf.encode;

/**
 * How samples are batched and how much may be under way at once.
 *
 * @param batch samples of one shape that are run together, or {@link #BY_SIZE}
 * @param windowSamples files whose segments may wait for the model at once in one task
 * @param windowBytes bytes of files under way at once in one task; one file may exceed it alone
 * @param chunkSegments segments of one file that are decoded ahead
 * @param timeoutMillis wall time that one step of decoding may take before the file is rejected
 */
public record EncodeOptions(
    int batch, int windowSamples, long windowBytes, int chunkSegments, long timeoutMillis) {
  /**
   * On the CPU as many samples as have 2 MiB of inputs, 1 to 128; on a GPU 32; what the model wants
   * where it takes one size only.
   */
  public static final int BY_SIZE = 0;

  /** Batches by size, 128 files, 256 MiB, 64 segments, two minutes. */
  public static final EncodeOptions DEFAULT =
      new EncodeOptions(BY_SIZE, 128, 256L << 20, 64, 120_000);

  public EncodeOptions {
    if (batch < BY_SIZE || windowSamples < 1 || windowBytes < 1 || chunkSegments < 1) {
      throw new IllegalArgumentException(
          "Cannot encode with batch "
              + batch
              + ", window "
              + windowSamples
              + " samples or "
              + windowBytes
              + " bytes, chunk "
              + chunkSegments
              + " (all must be at least 1)");
    }
  }

  /** The same with another batch size. */
  public EncodeOptions withBatch(int size) {
    return new EncodeOptions(size, windowSamples, windowBytes, chunkSegments, timeoutMillis);
  }
}
