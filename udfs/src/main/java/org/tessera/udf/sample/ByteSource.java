package org.tessera.udf.sample;

/**
 * The bytes of one sample with random access: in memory when small, spooled to a local file when
 * large. Thread-safe. Closed by whoever opened the sample; decoders never close it.
 */
public interface ByteSource {
  /** The number of bytes. */
  long size();

  /**
   * Reads up to {@code length} bytes.
   *
   * @param position byte position, at least 0
   * @return the number of bytes read, at least 1; or -1 at and beyond the end
   * @throws SampleException when the bytes cannot be read
   */
  int read(long position, byte[] target, int offset, int length) throws SampleException;

  /**
   * All bytes as one array; the caller must not change it, since it may be the source's own.
   *
   * @throws SampleException with {@link RejectCode#TOO_LARGE} when there are more than {@code
   *     limit}
   */
  byte[] readAll(long limit) throws SampleException;

  /**
   * The SHA-256 of all bytes, 64 lower-case hex digits. Sources of samples make it once, for the
   * first who asks: a thread that computes, not one that fetches.
   *
   * @throws SampleException when the bytes cannot be read
   */
  default String sha256() throws SampleException {
    return Sha256.hex(this);
  }
}
