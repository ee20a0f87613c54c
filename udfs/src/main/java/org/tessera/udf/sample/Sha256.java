package org.tessera.udf.sample;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256. */
public final class Sha256 {
  private static final int BLOCK = 1 << 18;

  private Sha256() {}

  /** The digest of the bytes, 64 lower-case hex digits. */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(of(bytes));
  }

  /**
   * The digest of a source's bytes, read block by block, 64 lower-case hex digits.
   *
   * @throws SampleException when the bytes cannot be read
   */
  static String hex(ByteSource source) throws SampleException {
    MessageDigest digest = digest();
    byte[] block = new byte[(int) Math.min(BLOCK, Math.max(1, source.size()))];
    long position = 0;
    for (int count = source.read(0, block, 0, block.length); count > 0; ) {
      digest.update(block, 0, count);
      position += count;
      count = source.read(position, block, 0, block.length);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The digest of the bytes, 32 bytes. */
  public static byte[] of(byte[] bytes) {
    return digest().digest(bytes);
  }

  /** To be fed step by step; not thread-safe. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot find SHA-256 (every Java platform must have it)", e);
    }
  }
}
