package org.tessera.udf.container;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.tessera.udf.sample.Limits;

/**
 * The bytes of an archive: counted, guarded against decompression bombs, and with the storage's
 * failures told from the archive's own damage. Not thread-safe.
 */
final class GuardedStream extends CountingStream {
  /** Real data do not shrink more than this; small archives may. */
  private static final long MOST_RATIO = 250;

  private final Limits limits;
  private CountingStream compressed;

  GuardedStream(InputStream in, Limits limits) {
    super(in);
    this.limits = limits;
  }

  /** The archive expands more than any data do. */
  static final class BombException extends IOException {
    private static final long serialVersionUID = 1L;

    BombException(String message) {
      super(message);
    }
  }

  /** The storage failed; the archive may be well. */
  static final class StorageException extends IOException {
    private static final long serialVersionUID = 1L;

    StorageException(IOException cause) {
      super(cause);
    }

    IOException storage() {
      return (IOException) getCause();
    }
  }

  /** Compares with the compressed stream below. */
  GuardedStream against(CountingStream stream) {
    compressed = stream;
    return this;
  }

  Limits limits() {
    return limits;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read;
    try {
      read = super.read(target, offset, length);
    } catch (IOException e) {
      if (compressed == null && !(e instanceof EOFException)) {
        throw new StorageException(e);
      }
      throw e;
    }
    if (compressed != null
        && count() > limits.bytes()
        && count() / Math.max(1, compressed.count()) > MOST_RATIO) {
      throw new BombException(
          compressed.count()
              + " compressed bytes expand to more than "
              + count()
              + " (a decompression bomb)");
    }
    return read;
  }
}
