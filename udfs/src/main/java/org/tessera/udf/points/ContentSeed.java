package org.tessera.udf.points;

import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.SampleException;

/**
 * Seeds that follow from a file's content, so that a file is sampled alike wherever it lies: the
 * first 8 bytes of the SHA-256 of its bytes, big-endian, xor the step's seed times the golden gamma
 * {@code 0x9E3779B97F4A7C15}. Not thread-safe.
 */
final class ContentSeed {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private final ByteSource content;

  ContentSeed(ByteSource content) {
    this.content = content;
  }

  /** The seed for a step with this seed of its own. */
  long seed(long stepSeed) throws SampleException {
    long digest = Long.parseUnsignedLong(content.sha256().substring(0, 16), 16);
    return digest ^ (stepSeed * GAMMA);
  }
}
