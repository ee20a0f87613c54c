package org.tessera.udf.points.read;

import java.io.IOException;
import java.io.InputStream;
import org.tessera.udf.sample.SampleException;

/** The bytes of a window as a stream, which counts where it is. Not thread-safe. */
final class SourceStream extends InputStream {
  private final Bytes in;

  SourceStream(Bytes in) {
    this.in = in;
  }

  /** A fault of the source itself, carried through a library's reader. */
  static final class SourceFailure extends IOException {
    private static final long serialVersionUID = 1L;

    final transient SampleException fault;

    SourceFailure(SampleException fault) {
      super(fault);
      this.fault = fault;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (in.remaining() == 0) {
      return -1;
    }
    try {
      in.need(1, "the data");
    } catch (SampleException e) {
      throw new SourceFailure(e);
    }
    int count = Math.min(length, in.end() - in.at());
    System.arraycopy(in.array(), in.at(), target, offset, count);
    in.skip(count);
    return count;
  }
}
