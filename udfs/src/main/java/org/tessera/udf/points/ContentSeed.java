package org.tessera.udf.points;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.SampleException;

/**
 * Seeds that follow from a file's content, so that a file is sampled alike wherever it lies: the
 * first 8 bytes of the SHA-256 of its bytes, big-endian, xor the step's seed times the golden gamma
 * {@code 0x9E3779B97F4A7C15}. Not thread-safe.
 */
final class ContentSeed {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final int BLOCK = 1 << 18;

  private final ByteSource content;
  private boolean known;
  private long digest;

  ContentSeed(ByteSource content) {
    this.content = content;
  }

  /** The seed for a step with this seed of its own. */
  long seed(long stepSeed) throws SampleException {
    if (!known) {
      digest = digest();
      known = true;
    }
    return digest ^ (stepSeed * GAMMA);
  }

  private long digest() throws SampleException {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot find SHA-256 (every Java platform must have it)", e);
    }
    byte[] block = new byte[(int) Math.min(BLOCK, Math.max(1, content.size()))];
    long position = 0;
    while (position < content.size()) {
      int count = content.read(position, block, 0, block.length);
      if (count < 0) {
        break;
      }
      sha256.update(block, 0, count);
      position += count;
    }
    return ByteBuffer.wrap(sha256.digest()).getLong();
  }
}
