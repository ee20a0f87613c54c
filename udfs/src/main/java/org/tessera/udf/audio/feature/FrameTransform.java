package org.tessera.udf.audio.feature;

/** From the samples of one channel to rows of features. Immutable and thread-safe. */
public interface FrameTransform {
  /** The number of rows for so many samples; 0 when they are too few for one. */
  int frames(int samples);

  /** The number of values in each row. */
  int bins();

  /**
   * The features.
   *
   * @param samples one channel
   * @return {@code frames(samples.length) × bins()} values, row after row
   */
  float[] apply(float[] samples);
}
