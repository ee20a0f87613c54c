package org.tessera.udf.reconstruct;

import java.util.SortedMap;
import org.tessera.udf.frontend.Features;

/**
 * Turns the decoder's output for one segment into a file and compares it with the model's input.
 * Thread-safe.
 */
public interface Reconstructor {
  /** The extension of the files, without a dot: {@code png}, {@code wav}, ... */
  String extension();

  /** Whether a signal with this geometry can be written to a file; if not it is compared only. */
  boolean writes(SortedMap<String, Object> geometry);

  /**
   * A file of the decoded signal.
   *
   * @param values row-major over {@code shape}, in the model's output range
   * @param shape the extents without the batch axis
   * @param geometry the geometry that the front-end recorded
   */
  byte[] file(float[] values, int[] shape, SortedMap<String, Object> geometry);

  /**
   * How close the decoded signal is to what the model read, by metric name ({@code psnr}, {@code
   * ssim}, {@code si_snr}, ...; units and formulas in {@code pipeline/FORMAT.md}).
   *
   * @param original the model's input
   * @param values the decoder's output, row-major over {@code shape}
   */
  SortedMap<String, Double> compare(
      Features original, float[] values, int[] shape, SortedMap<String, Object> geometry);
}
