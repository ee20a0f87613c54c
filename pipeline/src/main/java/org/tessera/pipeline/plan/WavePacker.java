package org.tessera.pipeline.plan;

/** Packs inputs, in order, into waves of bounded count and bytes. Not thread-safe. */
public final class WavePacker {
  private final int maxInputs;
  private final long maxBytes;
  private int wave = 1;
  private int inputs;
  private long bytes;

  /**
   * A packer whose first wave is 1.
   *
   * @param maxInputs inputs of one wave, at least 1
   * @param maxBytes bytes of one wave, at least 1; a larger input has a wave of its own
   */
  public WavePacker(int maxInputs, long maxBytes) {
    if (maxInputs < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "Cannot pack waves of "
              + maxInputs
              + " inputs and "
              + maxBytes
              + " bytes (both must be at least 1)");
    }
    this.maxInputs = maxInputs;
    this.maxBytes = maxBytes;
  }

  /** The wave of the next input, which has so many bytes. */
  public int add(long size) {
    if (inputs > 0 && (inputs == maxInputs || bytes + size > maxBytes)) {
      wave++;
      inputs = 0;
      bytes = 0;
    }
    inputs++;
    bytes += size;
    return wave;
  }

  /** The wave of an input that must be in that of the input before it. */
  public int addToLast(long size) {
    inputs++;
    bytes += size;
    return wave;
  }

  /** The number of waves so far. */
  public int waves() {
    return inputs == 0 ? 0 : wave;
  }
}
