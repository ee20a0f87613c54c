package org.tessera.model.quantize;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;

/**
 * Family {@code uniform_bins}: each dimension is scaled to {@code u} in {@code [0, 1]} and goes to
 * one of {@code L} equal steps.
 *
 * <p>The scale is written as {@code low} and {@code high}, {@code u = (x-low)/(high-low)}, or as
 * {@code divisor} and {@code shift}, {@code u = x/divisor + shift}; they round differently. With
 * {@code steps: points} the id is {@code round(u·(L-1))}, so that both ends have a code of their
 * own; with {@code steps: intervals} it is {@code min(⌊u·L⌋, L-1)} and stands for the interval's
 * middle.
 */
final class UniformBinQuantizer extends ScalarQuantizer {
  private final int levels;
  private final float[] subtract;
  private final float[] divisor;
  private final float[] shift;
  private final boolean points;
  private final boolean halfUp;

  private UniformBinQuantizer(int levels, float[][] scale, boolean points, boolean halfUp) {
    super(scale[0].length, levels);
    this.levels = levels;
    this.subtract = scale[0];
    this.divisor = scale[1];
    this.shift = scale[2];
    this.points = points;
    this.halfUp = halfUp;
  }

  static FamilyQuantizer read(SpecReader reader) {
    int dimensions = reader.integer("dimensions", 1, 1 << 16);
    int levels = reader.integer("levels", 2, 1 << 24);
    boolean points = reader.choice("steps", "points", "intervals").equals("points");
    boolean halfUp = points && reader.choice("rounding", "half_even", "half_up").equals("half_up");
    float[][] scale = scale(reader, dimensions);
    if (!reader.finish()) {
      return null;
    }
    return new UniformBinQuantizer(levels, scale, points, halfUp);
  }

  /** What is subtracted, divided by and added, one of each a dimension. */
  static float[][] scale(SpecReader reader, int... shape) {
    int count = product(shape);
    float[][] scale = new float[3][count];
    boolean affine = reader.has("divisor") || reader.has("shift");
    double[] first = reader.numbersPer(affine ? "divisor" : "low", shape);
    double[] second = reader.numbersPer(affine ? "shift" : "high", shape);
    for (int i = 0; i < count && reader.clean(); i++) {
      scale[0][i] = affine ? 0 : (float) first[i];
      scale[1][i] = affine ? (float) first[i] : (float) second[i] - (float) first[i];
      scale[2][i] = affine ? (float) second[i] : 0;
      if (!(scale[1][i] > 0)) {
        reader.problem(
            affine
                ? "divisor: " + first[i] + " (give a positive number)"
                : "low, high: " + first[i] + ", " + second[i] + " (high must be above low)");
      }
    }
    return scale;
  }

  private float unit(float x, int j) {
    float u = (x - subtract[j]) / divisor[j] + shift[j];
    return Math.max(0, Math.min(1, u));
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    int d = dimensions();
    for (int i = 0; i < count * d; i++) {
      float u = unit(vectors[i], i % d);
      int id =
          points ? (int) round(u * (levels - 1), halfUp) : Math.min((int) (u * levels), levels - 1);
      ids[i] = id;
      if (errors != null) {
        float difference = u - unitOf(id);
        errors[i] = difference * difference;
      }
    }
  }

  private float unitOf(int id) {
    return points ? (float) id / (levels - 1) : (id + 0.5f) / levels;
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int d = dimensions();
    for (int i = 0; i < count * d; i++) {
      int j = i % d;
      vectors[i] = (unitOf(ids[i]) - shift[j]) * divisor[j] + subtract[j];
    }
  }

  @Override
  int blockRows() {
    return 1024;
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TFloat32> u =
        tf.clipByValue(
            tf.math.add(
                tf.math.div(tf.math.sub(rows, tf.constant(subtract)), tf.constant(divisor)),
                tf.constant(shift)),
            tf.constant(0f),
            tf.constant(1f));
    Operand<TInt32> ids;
    if (points) {
      ids = toIds(tf, round(tf, tf.math.mul(u, tf.constant((float) (levels - 1))), halfUp));
    } else {
      Operand<TInt32> floor = toIds(tf, tf.math.floor(tf.math.mul(u, tf.constant((float) levels))));
      ids = tf.math.minimum(floor, tf.constant(levels - 1));
    }
    Operand<TFloat32> errors = tf.math.square(tf.math.sub(u, unitOf(tf, ids)));
    return new BlockCodes(ids, errors, decodeRows(tf, ids));
  }

  private Operand<TFloat32> unitOf(Ops tf, Operand<TInt32> ids) {
    Operand<TFloat32> values = toFloats(tf, ids);
    return points
        ? tf.math.div(values, tf.constant((float) (levels - 1)))
        : tf.math.div(tf.math.add(values, tf.constant(0.5f)), tf.constant((float) levels));
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    return tf.math.add(
        tf.math.mul(tf.math.sub(unitOf(tf, ids), tf.constant(shift)), tf.constant(divisor)),
        tf.constant(subtract));
  }
}
