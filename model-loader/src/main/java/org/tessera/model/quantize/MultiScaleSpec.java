package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the scales and convolutions of a multi-scale quantizer. */
final class MultiScaleSpec {
  private MultiScaleSpec() {}

  /** Rows and columns of each scale: numbers mean squares. */
  static int[][] scales(SpecReader reader, int height, int width) {
    List<?> written = reader.list("scales");
    int[][] scales = new int[written.size()][];
    for (int s = 0; s < scales.length; s++) {
      Object one = written.get(s);
      List<?> pair = one instanceof List<?> list ? list : List.of(one, one);
      scales[s] = new int[] {1, 1};
      if (pair.size() != 2) {
        reader.problem("scales[" + s + "]: " + one + " (give a number, or rows and columns)");
      } else {
        scales[s][0] = reader.integer("scales[" + s + "]", pair.get(0), 1, height);
        scales[s][1] = reader.integer("scales[" + s + "]", pair.get(1), 1, width);
      }
    }
    return scales;
  }

  /** The convolutions that scales share; none when the quantizer has none. */
  static List<PhiConvolution> convolutions(SpecReader reader, int channels) {
    if (!reader.has("phi")) {
      return List.of();
    }
    double ratio = reader.number("phi_ratio");
    List<SpecReader.Named> weights = reader.tensors("phi", 4);
    List<SpecReader.Named> biases = reader.tensors("phi_bias", 1);
    if (weights.size() != biases.size()) {
      reader.problem(
          "phi_bias: "
              + biases.size()
              + " tensors for "
              + weights.size()
              + " in phi (give one each)");
      return List.of();
    }
    List<PhiConvolution> convolutions = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      int[] shape = weights.get(i).tensor().shape();
      if (!Arrays.equals(shape, new int[] {channels, channels, 3, 3})) {
        reader.problem(
            weights.get(i)
                + " has the shape "
                + Arrays.toString(shape)
                + " (give "
                + List.of(channels, channels, 3, 3)
                + ")");
      } else if (biases.get(i).tensor().extent(0) != channels) {
        reader.problem(biases.get(i) + " needs " + channels + " values");
      } else {
        convolutions.add(
            new PhiConvolution(weights.get(i).tensor(), biases.get(i).tensor(), ratio));
      }
    }
    return convolutions;
  }

  /** Which convolution each scale goes through; -1 when there are none. */
  static int[] phiIndex(SpecReader reader, int convolutions, int scales) {
    int[] index = new int[scales];
    Arrays.fill(index, -1);
    if (!reader.has("phi")) {
      return index;
    }
    int[] written = reader.integers("phi_index", 0, Math.max(0, convolutions - 1));
    if (written.length != scales) {
      reader.problem(
          "phi_index: " + written.length + " numbers for " + scales + " scales (give one each)");
      return index;
    }
    return written;
  }
}
