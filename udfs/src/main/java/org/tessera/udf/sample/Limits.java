package org.tessera.udf.sample;

/**
 * What one sample may cost. Every decoder checks them before it allocates.
 *
 * @param bytes bytes of one object or container member, and of anything decompressed from it
 * @param pixels width × height of an image
 * @param samples channels × frames of a signal that must be held whole; streamed signals are
 *     bounded by {@code seconds} alone
 * @param seconds duration of a signal
 * @param channels channels of a signal
 * @param points points, vertices or faces of a point cloud or mesh
 * @param nesting depth of containers in containers, and of nested structures in a format
 * @param timeoutMillis wall time to decode and prepare one sample
 */
public record Limits(
    long bytes,
    long pixels,
    long samples,
    double seconds,
    int channels,
    long points,
    int nesting,
    long timeoutMillis) {

  /** 2 GB, 160 megapixels, 2^28 samples, 24 hours, 1024 channels, 50 million points, 4, 2 min. */
  public static final Limits DEFAULT =
      new Limits(2_000_000_000L, 160_000_000L, 1L << 28, 86_400, 1024, 50_000_000L, 4, 120_000);

  /** Throws when a byte count exceeds a limit. */
  public static void checkBytes(long size, long limit) throws SampleException {
    if (size > limit) {
      throw SampleException.of(
          Phase.FETCH,
          RejectCode.TOO_LARGE,
          "Cannot hold " + size + " bytes: the limit is " + limit + " (raise limits.bytes)");
    }
  }
}
