package org.tessera.model.quantize;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.GraphMath;
import org.tessera.model.quantize.kernel.SplineBasis;

/**
 * Family {@code spline_bins}: a trajectory of {@code steps} times and some degrees of freedom is
 * fitted by a clamped uniform B-spline, and the weights go to uniform bins (BEAST). No model is
 * needed.
 *
 * <p>Weights are {@code w = (ΦᵀΦ + ridge·I)⁻¹Φᵀy} for each degree of freedom; ids are {@code
 * round_half_even((clip(w)-low)/(high-low)·(L-1))} in the order time, then degree of freedom. The
 * error is the mean squared difference of the trajectory and its decoded form.
 */
final class SplineQuantizer extends FamilyQuantizer {
  private final int steps;
  private final int freedoms;
  private final int basis;
  private final int levels;

  /** {@code [freedoms][basis × steps]}. */
  private final float[][] fit;

  /** {@code [freedoms][steps × basis]}. */
  private final float[][] functions;

  /** {@code [basis × freedoms]}. */
  private final float[] low;

  private final float[] span;

  private SplineQuantizer(
      int steps, int basis, int levels, int[] degrees, double ridge, float[][] scale) {
    this.steps = steps;
    this.basis = basis;
    this.levels = levels;
    this.freedoms = degrees.length;
    this.low = scale[0];
    this.span = scale[1];
    this.fit = new float[freedoms][];
    this.functions = new float[freedoms][];
    for (int f = 0; f < freedoms; f++) {
      double[][] values = SplineBasis.functions(steps, basis, degrees[f]);
      functions[f] = flatten(values);
      fit[f] = flatten(SplineBasis.fit(values, ridge));
    }
  }

  private static float[] flatten(double[][] matrix) {
    float[] flat = new float[matrix.length * matrix[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) matrix[i / matrix[0].length][i % matrix[0].length];
    }
    return flat;
  }

  static FamilyQuantizer read(SpecReader reader) {
    int steps = reader.integer("steps", 2, 1 << 16);
    int freedoms = reader.integer("degrees_of_freedom", 1, 1 << 12);
    int basis = reader.integer("basis", 1, 1 << 12);
    int levels = reader.integer("levels", 2, 1 << 24);
    int[] degrees = reader.integers("degree", 0, 16);
    double ridge = reader.number("ridge");
    if (degrees.length == 1) {
      int degree = degrees[0];
      degrees = new int[freedoms];
      Arrays.fill(degrees, degree);
    } else if (degrees.length != freedoms) {
      reader.problem(
          "degree: " + degrees.length + " numbers (give 1 or " + freedoms + ", one a freedom)");
    }
    if (Arrays.stream(degrees).anyMatch(degree -> degree >= basis)) {
      reader.problem("degree: must be below basis, " + basis);
    }
    if (basis > steps) {
      reader.problem("basis: " + basis + " functions for " + steps + " steps (give fewer)");
    }
    if (ridge < 0) {
      reader.problem("ridge: " + ridge + " (give 0 or more)");
    }
    double[] lows = reader.numbersPer("low", basis, freedoms);
    double[] highs = reader.numbersPer("high", basis, freedoms);
    float[][] scale = new float[2][basis * freedoms];
    for (int i = 0; reader.clean() && i < scale[0].length; i++) {
      scale[0][i] = (float) lows[i];
      scale[1][i] = (float) highs[i] - (float) lows[i];
      if (!(scale[1][i] > 0)) {
        reader.problem("low, high: " + lows[i] + ", " + highs[i] + " (high must be above low)");
      }
    }
    if (!reader.finish()) {
      return null;
    }
    return new SplineQuantizer(steps, basis, levels, degrees, ridge, scale);
  }

  @Override
  public int[] latentShape() {
    return new int[] {steps, freedoms};
  }

  @Override
  public int idsPerVector() {
    return basis * freedoms;
  }

  @Override
  public int[] radices() {
    int[] radices = new int[idsPerVector()];
    Arrays.fill(radices, levels);
    return radices;
  }

  @Override
  public String slotAxis() {
    return "position";
  }

  @Override
  public int errorsPerVector() {
    return 1;
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    int slots = idsPerVector();
    int d = dimensions();
    for (int i = 0; i < count; i++) {
      for (int b = 0; b < basis; b++) {
        for (int f = 0; f < freedoms; f++) {
          float weight = 0;
          for (int t = 0; t < steps; t++) {
            weight += fit[f][b * steps + t] * vectors[i * d + t * freedoms + f];
          }
          int at = b * freedoms + f;
          float unit = Math.max(0, Math.min(1, (weight - low[at]) / span[at]));
          ids[i * slots + at] = (int) Math.rint(unit * (levels - 1));
        }
      }
    }
    if (errors != null) {
      float[] decoded = new float[count * d];
      decode(ids, count, decoded);
      for (int i = 0; i < count; i++) {
        double sum = 0;
        for (int j = i * d; j < i * d + d; j++) {
          double difference = (double) vectors[j] - decoded[j];
          sum += difference * difference;
        }
        errors[i] = (float) (sum / d);
      }
    }
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int slots = idsPerVector();
    int d = dimensions();
    for (int i = 0; i < count; i++) {
      for (int t = 0; t < steps; t++) {
        for (int f = 0; f < freedoms; f++) {
          float value = 0;
          for (int b = 0; b < basis; b++) {
            int at = b * freedoms + f;
            float weight = (float) ids[i * slots + at] / (levels - 1) * span[at] + low[at];
            value += functions[f][t * basis + b] * weight;
          }
          vectors[i * d + t * freedoms + f] = value;
        }
      }
    }
  }

  @Override
  int blockRows() {
    return 64;
  }

  @Override
  int constantCount() {
    return 2;
  }

  @Override
  List<Operand<?>> constants(Ops tf) {
    return List.of(
        GraphMath.constant(tf, stacked(fit), freedoms, basis, steps),
        GraphMath.constant(tf, stacked(functions), freedoms, steps, basis));
  }

  private static float[] stacked(float[][] matrices) {
    float[] all = new float[matrices.length * matrices[0].length];
    for (int f = 0; f < matrices.length; f++) {
      System.arraycopy(matrices[f], 0, all, f * matrices[f].length, matrices[f].length);
    }
    return all;
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TFloat32> trajectories = GraphMath.reshape(tf, rows, -1, steps, freedoms);
    Operand<TFloat32> weights = perFreedom(tf, trajectories, constants.get(0), basis);
    Operand<TFloat32> unit =
        tf.clipByValue(
            tf.math.div(tf.math.sub(weights, tf.constant(low)), tf.constant(span)),
            tf.constant(0f),
            tf.constant(1f));
    Operand<TInt32> ids =
        tf.dtypes.cast(
            tf.math.round(tf.math.mul(unit, tf.constant((float) (levels - 1)))), TInt32.class);
    Operand<TFloat32> decoded = decode(tf, ids, constants.get(1));
    Operand<TFloat32> errors = GraphMath.meanSquare(tf, tf.math.sub(rows, decoded));
    return new BlockCodes(ids, tf.expandDims(errors, tf.constant(1)), decoded);
  }

  /**
   * Multiplies each freedom's column by its own matrix: {@code [n, a, freedoms]} and {@code
   * [freedoms, b, a]} to {@code [n, b × freedoms]}.
   */
  private Operand<TFloat32> perFreedom(
      Ops tf, Operand<TFloat32> values, Operand<?> matrices, int rows) {
    Operand<TFloat32> byFreedom = tf.linalg.transpose(values, tf.constant(new int[] {2, 1, 0}));
    Operand<TFloat32> products =
        tf.train.batchMatMul(matrices.asOutput().expect(TFloat32.class), byFreedom, TFloat32.class);
    return GraphMath.reshape(
        tf, tf.linalg.transpose(products, tf.constant(new int[] {2, 1, 0})), -1, rows * freedoms);
  }

  private Operand<TFloat32> decode(Ops tf, Operand<TInt32> ids, Operand<?> matrices) {
    Operand<TFloat32> weights =
        tf.math.add(
            tf.math.mul(
                tf.math.div(tf.dtypes.cast(ids, TFloat32.class), tf.constant((float) (levels - 1))),
                tf.constant(span)),
            tf.constant(low));
    return perFreedom(tf, GraphMath.reshape(tf, weights, -1, basis, freedoms), matrices, steps);
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    return decode(tf, ids, constants(tf).get(1));
  }
}
