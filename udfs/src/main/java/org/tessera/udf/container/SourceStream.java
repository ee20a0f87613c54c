package org.tessera.udf.container;

import java.io.IOException;
import java.io.InputStream;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.SampleException;

/** A source read from front to back. Not thread-safe. */
public final class SourceStream extends InputStream {
  private final ByteSource source;
  private long position;

  public SourceStream(ByteSource source) {
    this.source = source;
  }

  /** The position of the next byte. */
  public long position() {
    return position;
  }

  /** Goes on at another position. */
  public void seek(long newPosition) {
    position = newPosition;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      int count = source.read(position, target, offset, length);
      if (count > 0) {
        position += count;
      }
      return count;
    } catch (SampleException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
