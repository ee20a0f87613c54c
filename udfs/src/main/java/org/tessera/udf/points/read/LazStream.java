package org.tessera.udf.points.read;

import com.github.mreutegg.laszip4j.laszip.ByteStreamIn;
import com.github.mreutegg.laszip4j.laszip.UncheckedEOFException;
import org.tessera.udf.sample.SampleException;

/**
 * The bytes of a LAZ file for the LASzip decoder. Sizes that it reads to allocate by are checked
 * against what is left of the file, so that a lying one cannot exhaust memory. Not thread-safe.
 */
final class LazStream extends ByteStreamIn {
  private final Bytes in;

  /** The decoder reads a chunk's first point in bulk, and then the chunk's number of points. */
  private boolean countComes;

  LazStream(Bytes in) {
    this.in = in;
  }

  /** A fault of the source itself, carried through the decoder. */
  static final class SourceFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final transient SampleException fault;

    SourceFailure(SampleException fault) {
      super(fault);
      this.fault = fault;
    }
  }

  private void need(int count) {
    if (count < 0 || in.remaining() < count) {
      throw new UncheckedEOFException();
    }
    try {
      in.need(count, "compressed points");
    } catch (SampleException e) {
      throw new SourceFailure(e);
    }
  }

  @Override
  public byte getByte() {
    if (in.at() >= in.end()) {
      need(1);
    }
    byte value = in.array()[in.at()];
    in.skip(1);
    return value;
  }

  @Override
  public void getBytes(byte[] bytes, int count) {
    need(count);
    System.arraycopy(in.array(), in.at(), bytes, 0, count);
    in.skip(count);
    countComes = true;
  }

  @Override
  public int get32bitsLE() {
    need(4);
    int value = Bytes.i32(in.array(), in.at());
    in.skip(4);
    if (!countComes && Integer.toUnsignedLong(value) > in.remaining()) {
      throw new UncheckedEOFException();
    }
    countComes = false;
    return value;
  }

  @Override
  public long get64bitsLE() {
    need(8);
    long value = Bytes.i64(in.array(), in.at());
    in.skip(8);
    return value;
  }

  @Override
  public char get16bitsLE() {
    need(2);
    char value = (char) Bytes.u16(in.array(), in.at());
    in.skip(2);
    return value;
  }

  @Override
  public char get16bitsBE() {
    return Character.reverseBytes(get16bitsLE());
  }

  @Override
  public int get32bitsBE() {
    return Integer.reverseBytes(get32bitsLE());
  }

  @Override
  public long get64bitsBE() {
    return Long.reverseBytes(get64bitsLE());
  }

  @Override
  public boolean isSeekable() {
    return true;
  }

  @Override
  public long tell() {
    return in.position();
  }

  @Override
  public boolean seek(long position) {
    countComes = false;
    try {
      in.seek(position);
    } catch (SampleException e) {
      throw new SourceFailure(e);
    }
    return true;
  }

  @Override
  public boolean seekEnd(long distance) {
    return seek(in.size() - distance);
  }

  @Override
  public void close() {}
}
