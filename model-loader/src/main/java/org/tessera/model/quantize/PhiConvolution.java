package org.tessera.model.quantize;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.quantize.graph.GraphMath;

/**
 * A 3×3 convolution with zero padding, mixed with its input: {@code (1-ratio)·h + ratio·conv(h)}.
 * Weights are {@code [out, in, 3, 3]}. Immutable and thread-safe.
 */
final class PhiConvolution {
  private final int channels;
  private final float ratio;

  /** {@code [3, 3, in, out]}. */
  private final float[] kernel;

  private final float[] bias;

  PhiConvolution(FloatTensor weight, FloatTensor bias, double ratio) {
    this.channels = weight.extent(0);
    this.ratio = (float) ratio;
    this.bias = bias.values().clone();
    this.kernel = new float[weight.values().length];
    for (int out = 0; out < channels; out++) {
      for (int in = 0; in < channels; in++) {
        for (int tap = 0; tap < 9; tap++) {
          kernel[(tap * channels + in) * channels + out] =
              weight.values()[(out * channels + in) * 9 + tap];
        }
      }
    }
  }

  /** A map {@code height × width × channels} through the convolution. */
  float[] apply(float[] map, int height, int width) {
    float[] result = new float[map.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int to = (y * width + x) * channels;
        for (int tap = 0; tap < 9; tap++) {
          int fromY = y + tap / 3 - 1;
          int fromX = x + tap % 3 - 1;
          if (fromY >= 0 && fromY < height && fromX >= 0 && fromX < width) {
            accumulate(map, (fromY * width + fromX) * channels, tap, result, to);
          }
        }
        for (int c = to; c < to + channels; c++) {
          result[c] = (1 - ratio) * map[c] + ratio * (result[c] + bias[c - to]);
        }
      }
    }
    return result;
  }

  private void accumulate(float[] map, int from, int tap, float[] result, int to) {
    for (int in = 0; in < channels; in++) {
      float value = map[from + in];
      int row = (tap * channels + in) * channels;
      for (int out = 0; out < channels; out++) {
        result[to + out] += value * kernel[row + out];
      }
    }
  }

  /** Kernel and bias. */
  List<Operand<?>> constants(Ops tf) {
    return List.of(
        GraphMath.constant(tf, kernel, 3, 3, channels, channels),
        GraphMath.constant(tf, bias, channels));
  }

  /** Maps {@code [n, height, width, channels]} through the convolution. */
  Operand<TFloat32> apply(Ops tf, Operand<TFloat32> maps, List<? extends Operand<?>> constants) {
    Operand<TFloat32> convolved =
        tf.math.add(
            tf.nn.conv2d(
                maps,
                constants.get(0).asOutput().expect(TFloat32.class),
                List.of(1L, 1L, 1L, 1L),
                "SAME"),
            constants.get(1).asOutput().expect(TFloat32.class));
    return tf.math.add(
        tf.math.mul(maps, tf.constant(1 - ratio)), tf.math.mul(convolved, tf.constant(ratio)));
  }
}
