package org.tessera.model.quantize;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.GraphMath;

/**
 * Family {@code fsq}: each dimension is squashed and rounded to one of {@code L} levels (Mentzer et
 * al. 2023, "Finite Scalar Quantization"), one id for all dimensions of a group.
 *
 * <p>With {@code half = (L-1)(1+ε)/2}, {@code o = 1/2} for even {@code L} and 0 for odd, and {@code
 * s = atanh(o/half)}: {@code q = round_half_even(tanh(z+s)·half - o)}, code value {@code q/⌊L/2⌋},
 * digit {@code q+⌊L/2⌋}; the id's digits have the first dimension least significant. The paper's
 * own code has an ε below 0 and {@code s = tan(o/half)}.
 */
final class FiniteScalarQuantizer extends FamilyQuantizer {
  private final int[] levels;
  private final int[] basis;
  private final int groups;
  private final boolean grouped;
  private final float[] half;
  private final float[] offset;
  private final float[] shift;

  private FiniteScalarQuantizer(
      int[] levels, int groups, boolean grouped, double epsilon, boolean tan) {
    this.levels = levels;
    this.basis = MixedRadix.basis(levels);
    this.groups = groups;
    this.grouped = grouped;
    this.half = new float[levels.length];
    this.offset = new float[levels.length];
    this.shift = new float[levels.length];
    for (int j = 0; j < levels.length; j++) {
      double width = width(levels[j], epsilon);
      double move = levels[j] % 2 == 0 ? 0.5 : 0;
      half[j] = (float) width;
      offset[j] = (float) move;
      double ratio = move / width;
      shift[j] = (float) (tan ? Math.tan(ratio) : 0.5 * Math.log((1 + ratio) / (1 - ratio)));
    }
  }

  /** Half the width of the squashed interval. */
  private static double width(int levels, double epsilon) {
    return (levels - 1) * (1 + epsilon) / 2;
  }

  static FamilyQuantizer read(SpecReader reader) {
    int[] levels = reader.integers("levels", 2, 1 << 16);
    boolean grouped = reader.has("groups");
    int groups = reader.integerOr("groups", 1, 1, 1 << 16);
    double epsilon = reader.numberOr("epsilon", 1e-3);
    boolean tan = reader.choiceOr("shift", "atanh", "atanh", "tan").equals("tan");
    boolean fits = Math.abs(epsilon) < 1;
    for (int level : levels) {
      // No tanh is as far from 0 as the shift of two levels would have to be.
      fits &= tan || level % 2 == 1 || width(level, epsilon) > 0.5;
    }
    if (!fits) {
      reader.problem(
          "epsilon: " + epsilon + " (give a number between -1 and 1, above 0 for two levels)");
    }
    if (MixedRadix.product(levels) > Integer.MAX_VALUE) {
      reader.problem("levels: their product needs more than 31 bits (use groups)");
    }
    if (!reader.finish()) {
      return null;
    }
    return new FiniteScalarQuantizer(levels, groups, grouped, epsilon, tan);
  }

  @Override
  public int[] latentShape() {
    return new int[] {groups * levels.length};
  }

  @Override
  public int idsPerVector() {
    return groups;
  }

  @Override
  public int[] radices() {
    int[] radices = new int[groups];
    java.util.Arrays.fill(radices, (int) MixedRadix.product(levels));
    return radices;
  }

  @Override
  public String slotAxis() {
    return grouped ? "group" : "";
  }

  @Override
  public int errorsPerVector() {
    return groups;
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    int n = levels.length;
    for (int i = 0; i < count * groups; i++) {
      int id = 0;
      double error = 0;
      for (int j = 0; j < n; j++) {
        float bounded = bound(vectors[i * n + j], j);
        float rounded = (float) Math.rint(bounded);
        id += ((int) rounded + levels[j] / 2) * basis[j];
        double difference = (bounded - rounded) / (levels[j] / 2);
        error += difference * difference;
      }
      ids[i] = id;
      if (errors != null) {
        errors[i] = (float) (error / n);
      }
    }
  }

  private float bound(float value, int j) {
    return (float) Math.tanh(value + shift[j]) * half[j] - offset[j];
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int n = levels.length;
    int[] digits = new int[n];
    for (int i = 0; i < count * groups; i++) {
      MixedRadix.unpack(ids[i], levels, digits, 0);
      for (int j = 0; j < n; j++) {
        int middle = levels[j] / 2;
        vectors[i * n + j] = (float) (digits[j] - middle) / middle;
      }
    }
  }

  @Override
  int blockRows() {
    return 1024;
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    int n = levels.length;
    Operand<TFloat32> z = GraphMath.reshape(tf, rows, -1, groups, n);
    Operand<TFloat32> bounded =
        tf.math.sub(
            tf.math.mul(tf.math.tanh(tf.math.add(z, tf.constant(shift))), tf.constant(half)),
            tf.constant(offset));
    // Round, not Rint: both round half to even, and Round exists for every device.
    Operand<TFloat32> rounded = tf.math.round(bounded);
    Operand<TInt32> digits =
        tf.math.add(tf.dtypes.cast(rounded, TInt32.class), tf.constant(middles()));
    Operand<TFloat32> middles = tf.dtypes.cast(tf.constant(middles()), TFloat32.class);
    Operand<TFloat32> errors =
        tf.math.mean(
            tf.math.square(tf.math.div(tf.math.sub(bounded, rounded), middles)), tf.constant(2));
    return new BlockCodes(
        GraphMath.pack(tf, digits, basis, 2),
        errors,
        GraphMath.reshape(tf, tf.math.div(rounded, middles), -1, groups * n));
  }

  private int[] middles() {
    return java.util.Arrays.stream(levels).map(level -> level / 2).toArray();
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    int n = levels.length;
    Operand<TInt32> digits = GraphMath.unpack(tf, GraphMath.reshape(tf, ids, -1, 1), basis, levels);
    Operand<TInt32> middles = tf.constant(middles());
    Operand<TFloat32> values =
        tf.math.div(
            tf.dtypes.cast(tf.math.sub(digits, middles), TFloat32.class),
            tf.dtypes.cast(middles, TFloat32.class));
    return GraphMath.reshape(tf, values, -1, groups * n);
  }
}
