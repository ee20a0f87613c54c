package org.tessera.pipeline.plan;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Pairs of whole numbers by digest, in open addressing: some 50 bytes for each of millions. Not
 * thread-safe.
 */
public final class DigestMap implements Serializable {
  private static final long serialVersionUID = 1L;

  private final DigestSet keys = new DigestSet();
  private long[] values = new long[0];

  /** Sets the value of a digest. */
  public void put(InputDigest key, InputDigest value) {
    int number = keys.number(key);
    if (2 * number + 2 > values.length) {
      values = Arrays.copyOf(values, Math.max(1024, values.length + (values.length >> 1)));
    }
    values[2 * number] = value.high();
    values[2 * number + 1] = value.low();
  }

  /** The value of a digest; null when it has none. */
  public InputDigest get(InputDigest key) {
    int number = keys.find(key);
    return number < 0 ? null : new InputDigest(values[2 * number], values[2 * number + 1]);
  }
}
