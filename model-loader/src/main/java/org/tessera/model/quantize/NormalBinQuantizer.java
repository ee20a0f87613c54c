package org.tessera.model.quantize;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.kernel.NormalDistribution;

/**
 * Family {@code normal_bins}: each dimension goes to one of {@code B} bins that are equally likely
 * under a normal distribution (TokenBridge's post-training quantization).
 *
 * <p>Bin borders are {@code t_i = clip(Φ⁻¹(i/B), ±std)}, the bin's value {@code r_i =
 * (φ(t_i)-φ(t_{i+1}))/(Φ(t_{i+1})-Φ(t_i))}. With {@code x = latent·scale}, {@code xn =
 * clip((x+range)/(2 range)·2 std - std, ±std)} and the id is the lowest {@code i} with the least
 * {@code |xn - r_i|}. Back: {@code ((r_i+std)/(2 std)·2 range - range)/scale}.
 */
final class NormalBinQuantizer extends ScalarQuantizer {
  private final float[] values;
  private final float scale;
  private final float range;
  private final float deviation;
  private final int[] order;

  private NormalBinQuantizer(
      int dimensions, double[] values, double scale, double range, double deviation, int[] order) {
    super(dimensions, values.length);
    this.values = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      this.values[i] = (float) values[i];
    }
    this.scale = (float) scale;
    this.range = (float) range;
    this.deviation = (float) deviation;
    this.order = order;
  }

  static FamilyQuantizer read(SpecReader reader) {
    int dimensions = reader.integer("dimensions", 1, 1 << 16);
    int levels = reader.integer("levels", 2, 1 << 12);
    double scale = reader.number("scale");
    double range = reader.number("range");
    double deviation = reader.number("std");
    int[] order = reader.has("order") ? reader.integers("order", 0, dimensions - 1) : null;
    if (scale == 0 || range <= 0 || deviation <= 0 || deviation > 8) {
      reader.problem(
          "scale, range, std: "
              + scale
              + ", "
              + range
              + ", "
              + deviation
              + " (scale must not be 0, range and std must be positive, std 8 at most)");
    } else if (NormalDistribution.quantile(1.0 / levels) <= -deviation) {
      reader.problem(
          "levels: "
              + levels
              + " (the outer bins lie beyond "
              + deviation
              + " deviations: give fewer)");
    }
    if (order != null
        && (order.length != dimensions || Arrays.stream(order).distinct().count() != dimensions)) {
      reader.problem("order: give each of the " + dimensions + " dimensions once");
    }
    if (!reader.finish()) {
      return null;
    }
    return new NormalBinQuantizer(
        dimensions, values(levels, deviation), scale, range, deviation, order);
  }

  /** The bins' values, symmetric to the last bit. */
  static double[] values(int levels, double deviation) {
    double[] borders = new double[levels + 1];
    for (int i = 0; i <= levels; i++) {
      double border = NormalDistribution.quantile((double) i / levels);
      borders[i] = Math.max(-deviation, Math.min(deviation, border));
    }
    double[] values = new double[levels];
    for (int i = 0; i < (levels + 1) / 2; i++) {
      double mass =
          NormalDistribution.cumulative(borders[i + 1]) - NormalDistribution.cumulative(borders[i]);
      values[i] =
          (NormalDistribution.density(borders[i]) - NormalDistribution.density(borders[i + 1]))
              / mass;
      values[levels - 1 - i] = -values[i];
    }
    if (levels % 2 == 1) {
      values[levels / 2] = 0;
    }
    return values;
  }

  private int channel(int slot) {
    return order == null ? slot : order[slot];
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    int d = dimensions();
    for (int i = 0; i < count; i++) {
      for (int slot = 0; slot < d; slot++) {
        float x = vectors[i * d + channel(slot)] * scale;
        float wide = (x + range) / (2 * range) * (2 * deviation) - deviation;
        float xn = Math.max(-deviation, Math.min(deviation, wide));
        int id = nearest(xn);
        ids[i * d + slot] = id;
        if (errors != null) {
          errors[i * d + slot] = (xn - values[id]) * (xn - values[id]);
        }
      }
    }
  }

  private int nearest(float xn) {
    int found = Arrays.binarySearch(values, xn);
    if (found >= 0) {
      return found;
    }
    int above = Math.min(-found - 1, values.length - 1);
    int below = Math.max(above - 1, 0);
    return Math.abs(xn - values[below]) <= Math.abs(xn - values[above]) ? below : above;
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int d = dimensions();
    for (int i = 0; i < count; i++) {
      for (int slot = 0; slot < d; slot++) {
        float wide =
            (values[ids[i * d + slot]] + deviation) / (2 * deviation) * (2 * range) - range;
        vectors[i * d + channel(slot)] = wide / scale;
      }
    }
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TFloat32> latents =
        order == null ? rows : tf.gather(rows, tf.constant(order), tf.constant(1));
    Operand<TFloat32> x = tf.math.mul(latents, tf.constant(scale));
    Operand<TFloat32> wide =
        tf.math.sub(
            tf.math.mul(
                tf.math.div(tf.math.add(x, tf.constant(range)), tf.constant(2 * range)),
                tf.constant(2 * deviation)),
            tf.constant(deviation));
    Operand<TFloat32> xn = tf.clipByValue(wide, tf.constant(-deviation), tf.constant(deviation));
    Operand<TFloat32> distances =
        tf.math.abs(tf.math.sub(tf.expandDims(xn, tf.constant(2)), tf.constant(values)));
    Operand<TInt32> ids = tf.math.argMin(distances, tf.constant(2), TInt32.class);
    Operand<TFloat32> chosen = tf.gather(tf.constant(values), ids, tf.constant(0));
    return new BlockCodes(ids, tf.math.square(tf.math.sub(xn, chosen)), restore(tf, chosen));
  }

  private Operand<TFloat32> restore(Ops tf, Operand<TFloat32> chosen) {
    Operand<TFloat32> wide =
        tf.math.sub(
            tf.math.mul(
                tf.math.div(
                    tf.math.add(chosen, tf.constant(deviation)), tf.constant(2 * deviation)),
                tf.constant(2 * range)),
            tf.constant(range));
    Operand<TFloat32> latents = tf.math.div(wide, tf.constant(scale));
    if (order == null) {
      return latents;
    }
    int[] back = new int[order.length];
    for (int slot = 0; slot < back.length; slot++) {
      back[order[slot]] = slot;
    }
    return tf.gather(latents, tf.constant(back), tf.constant(1));
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    return restore(tf, tf.gather(tf.constant(values), ids, tf.constant(0)));
  }

  /** The bins' values, for tests. */
  float[] binValues() {
    return values.clone();
  }

  @Override
  int blockRows() {
    // The graph compares with every bin at once.
    return Math.max(1, Math.min(256, (1 << 22) / (dimensions() * values.length)));
  }
}
