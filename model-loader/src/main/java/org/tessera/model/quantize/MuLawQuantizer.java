package org.tessera.model.quantize;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;

/**
 * Family {@code mu_law}: each dimension is clipped to {@code ±max}, compressed by the mu-law and
 * rounded, half to even, to steps of {@code bin}.
 *
 * <p>{@code y = sign(x)·ln(1+μ|x|/max)/ln(1+μ)·max}, id {@code round((y+max)/bin)}; back, {@code y
 * = bin·id - max} and {@code x = sign(y)/μ·((1+μ)^{|y|/max} - 1)·max}. The error is that of {@code
 * y/max}.
 */
final class MuLawQuantizer extends ScalarQuantizer {
  private final float mu;
  private final float max;
  private final float bin;
  private final float logScale;

  private MuLawQuantizer(int dimensions, int codes, double mu, double max, double bin) {
    super(dimensions, codes);
    this.mu = (float) mu;
    this.max = (float) max;
    this.bin = (float) bin;
    this.logScale = (float) (max / Math.log1p(mu));
  }

  static FamilyQuantizer read(SpecReader reader) {
    int dimensions = reader.integer("dimensions", 1, 1 << 16);
    double mu = reader.number("mu");
    double max = reader.number("max");
    double bin = reader.number("bin");
    double steps = 2 * max / bin;
    if (mu <= 0 || max <= 0 || bin <= 0) {
      reader.problem("mu, max, bin: " + mu + ", " + max + ", " + bin + " (give positive numbers)");
    } else if (Math.abs(steps - Math.rint(steps)) > 1e-6 * steps || steps > 1 << 24) {
      reader.problem(
          "bin: " + bin + " (2·max/bin must be a whole number, the number of codes less 1)");
    }
    if (!reader.finish()) {
      return null;
    }
    return new MuLawQuantizer(dimensions, (int) Math.rint(steps) + 1, mu, max, bin);
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    for (int i = 0; i < count * dimensions(); i++) {
      float x = Math.max(-max, Math.min(max, vectors[i]));
      float y = Math.signum(x) * (float) Math.log1p(mu * Math.abs(x) / max) * logScale;
      float step = (y + max) / bin;
      float id = round(step, false);
      ids[i] = (int) id;
      if (errors != null) {
        float difference = (y - (id * bin - max)) / max;
        errors[i] = difference * difference;
      }
    }
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    for (int i = 0; i < count * dimensions(); i++) {
      float y = bin * ids[i] - max;
      float grown = (float) Math.expm1(Math.abs(y) / logScale);
      vectors[i] = Math.signum(y) * grown / mu * max;
    }
  }

  @Override
  int blockRows() {
    return 1024;
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TFloat32> x = tf.clipByValue(rows, tf.constant(-max), tf.constant(max));
    Operand<TFloat32> compressed =
        tf.math.log1p(tf.math.div(tf.math.mul(tf.constant(mu), tf.math.abs(x)), tf.constant(max)));
    Operand<TFloat32> y =
        tf.math.mul(tf.math.mul(tf.math.sign(x), compressed), tf.constant(logScale));
    Operand<TFloat32> step =
        round(tf, tf.math.div(tf.math.add(y, tf.constant(max)), tf.constant(bin)), false);
    Operand<TInt32> ids = toIds(tf, step);
    return new BlockCodes(
        ids,
        tf.math.square(tf.math.div(tf.math.sub(y, compressedOf(tf, ids)), tf.constant(max))),
        decodeRows(tf, ids));
  }

  private Operand<TFloat32> compressedOf(Ops tf, Operand<TInt32> ids) {
    return tf.math.sub(tf.math.mul(toFloats(tf, ids), tf.constant(bin)), tf.constant(max));
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    Operand<TFloat32> y = compressedOf(tf, ids);
    Operand<TFloat32> grown = tf.math.expm1(tf.math.div(tf.math.abs(y), tf.constant(logScale)));
    return tf.math.mul(
        tf.math.div(tf.math.mul(tf.math.sign(y), grown), tf.constant(mu)), tf.constant(max));
  }
}
