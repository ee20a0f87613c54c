package org.tessera.udf.sample;

/** Bytes held in an array, which must not change any more. */
public final class HeapSource implements ByteSource {
  private final byte[] bytes;
  private volatile String sha256;

  public HeapSource(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public int read(long position, byte[] target, int offset, int length) {
    if (position >= bytes.length) {
      return -1;
    }
    int count = (int) Math.min(length, bytes.length - position);
    System.arraycopy(bytes, (int) position, target, offset, count);
    return count;
  }

  @Override
  public byte[] readAll(long limit) throws SampleException {
    Limits.checkBytes(bytes.length, limit);
    return bytes;
  }

  @Override
  public String sha256() {
    String known = sha256;
    if (known == null) {
      known = Sha256.hex(bytes);
      sha256 = known;
    }
    return known;
  }
}
