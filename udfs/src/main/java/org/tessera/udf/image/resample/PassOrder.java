package org.tessera.udf.image.resample;

/** Which axis is resampled first; each pass rounds to 8 bits, so the order shows in the pixels. */
public enum PassOrder {
  /** Pillow 13 and later: the vertical pass first where it removes over twice as many pixels. */
  PILLOW_13,
  /** Pillow before 13, with which most published models were trained. */
  HORIZONTAL_FIRST
}
