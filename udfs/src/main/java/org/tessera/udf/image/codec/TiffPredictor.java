package org.tessera.udf.image.codec;

import org.tessera.udf.sample.SampleException;

/** Undoes the differences between neighbours that TIFF stores for better compression. */
final class TiffPredictor {
  private final TiffLayout layout;

  TiffPredictor(TiffLayout layout) {
    this.layout = layout;
  }

  /** Turns differences into samples, in place. */
  void undo(byte[] samples, int rows) throws SampleException {
    switch (layout.predictor()) {
      case 1 -> {
        // Stored as they are.
      }
      case 2 -> {
        for (int y = 0; y < rows; y++) {
          horizontal(samples, y * layout.rowBytes());
        }
      }
      default -> throw Faults.unsupported(ImageFormat.TIFF, "predictor " + layout.predictor(), -1);
    }
  }

  private void horizontal(byte[] samples, int from) throws SampleException {
    int step = layout.interleaved();
    int end = from + layout.rowBytes();
    if (layout.bits() == 8) {
      for (int i = from + step; i < end; i++) {
        samples[i] += samples[i - step];
      }
    } else if (layout.bits() == 16 || layout.bits() == 32) {
      int size = layout.bits() / 8;
      for (int i = from + step * size; i + size <= end; i += size) {
        int carry = 0;
        for (int k = 0; k < size; k++) {
          carry += (samples[i + k] & 0xff) + (samples[i + k - step * size] & 0xff);
          samples[i + k] = (byte) carry;
          carry >>= 8;
        }
      }
    } else {
      throw Faults.unsupported(
          ImageFormat.TIFF, "a predictor with " + layout.bits() + "-bit samples", -1);
    }
  }
}
