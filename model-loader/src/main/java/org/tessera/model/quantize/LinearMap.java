package org.tessera.model.quantize;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.quantize.graph.GraphMath;

/** {@code y = W x + b} with {@code W} as {@code [outputs, inputs]}. Immutable and thread-safe. */
final class LinearMap {
  private final FloatTensor weight;
  private final float[] bias;

  LinearMap(FloatTensor weight, float[] bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /**
   * Reads {@code NAME}, a tensor {@code [outputs, inputs]}, and the optional {@code NAME_bias},
   * {@code [outputs]}; null after a problem.
   */
  static LinearMap read(SpecReader reader, String name) {
    SpecReader.Named weight = reader.tensor(name, 2);
    if (weight == null) {
      return null;
    }
    int outputs = weight.tensor().extent(0);
    float[] bias = new float[outputs];
    if (reader.has(name + "_bias")) {
      double[] written = reader.numbersPer(name + "_bias", outputs);
      for (int i = 0; i < outputs; i++) {
        bias[i] = (float) written[i];
      }
    }
    return new LinearMap(weight.tensor(), bias);
  }

  int inputs() {
    return weight.extent(1);
  }

  int outputs() {
    return weight.extent(0);
  }

  /** Maps {@code count} rows; products are added in order of the inputs, the bias last. */
  void apply(float[] rows, int count, float[] result) {
    int inputs = inputs();
    int outputs = outputs();
    for (int i = 0; i < count; i++) {
      for (int o = 0; o < outputs; o++) {
        float sum = 0;
        for (int j = 0; j < inputs; j++) {
          sum += weight.values()[o * inputs + j] * rows[i * inputs + j];
        }
        result[i * outputs + o] = sum + bias[o];
      }
    }
  }

  /** Weight and bias. */
  List<Operand<?>> constants(Ops tf) {
    return List.of(
        GraphMath.constant(tf, weight.values(), outputs(), inputs()),
        GraphMath.constant(tf, bias, outputs()));
  }

  /** Maps rows in a graph. */
  static Operand<TFloat32> apply(
      Ops tf, Operand<TFloat32> rows, List<? extends Operand<?>> constants) {
    return tf.math.add(
        tf.linalg.matMul(
            rows, constants.get(0).asOutput().expect(TFloat32.class), MatMul.transposeB(true)),
        constants.get(1).asOutput().expect(TFloat32.class));
  }
}
