package org.tessera.model.quantize;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.GraphMath;
import org.tessera.model.quantize.kernel.Norms;

/**
 * Families {@code lfq} and {@code bsq}: each dimension gives one bit, set where it is positive (0
 * is not), and the bits of a group are one id. In {@code lfq} (Yu et al. 2023, "lookup-free") a bit
 * stands for {@code ±scale}; in {@code bsq} (Zhao et al. 2024, "binary spherical") the vector is
 * first divided by its norm and a bit stands for {@code ±1/√dimensions}.
 */
final class SignQuantizer extends FamilyQuantizer {
  private final int bits;
  private final int groups;
  private final boolean grouped;
  private final int[] basis;
  private final boolean spherical;
  private final float scale;

  private SignQuantizer(
      int bits, int groups, boolean grouped, int[] basis, boolean spherical, float scale) {
    this.bits = bits;
    this.groups = groups;
    this.grouped = grouped;
    this.basis = basis;
    this.spherical = spherical;
    this.scale = scale;
  }

  static FamilyQuantizer readLookupFree(SpecReader reader) {
    double scale = reader.numberOr("scale", 1);
    if (scale <= 0) {
      reader.problem("scale: " + scale + " (give a positive number)");
    }
    return read(reader, false, (float) scale);
  }

  static FamilyQuantizer readSpherical(SpecReader reader) {
    return read(reader, true, 0);
  }

  private static FamilyQuantizer read(SpecReader reader, boolean spherical, float scale) {
    int bits = reader.integer("bits", 1, 30);
    boolean grouped = reader.has("groups");
    int groups = reader.integerOr("groups", 1, 1, 1 << 16);
    int[] basis = bitBasis(bits, reader.choice("bit_order", "little", "big"));
    if (!reader.finish()) {
      return null;
    }
    float value = spherical ? (float) (1 / Math.sqrt((double) bits * groups)) : scale;
    return new SignQuantizer(bits, groups, grouped, basis, spherical, value);
  }

  /**
   * What each bit counts for: {@code little} gives the first dimension 1, {@code big} gives the
   * last one 1.
   */
  static int[] bitBasis(int bits, String order) {
    int[] basis = new int[bits];
    for (int j = 0; j < bits; j++) {
      basis[j] = 1 << (order.equals("little") ? j : bits - 1 - j);
    }
    return basis;
  }

  @Override
  public int[] latentShape() {
    return new int[] {groups * bits};
  }

  @Override
  public int idsPerVector() {
    return groups;
  }

  @Override
  public int[] radices() {
    int[] radices = new int[groups];
    Arrays.fill(radices, 1 << bits);
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
    int d = dimensions();
    float[] z = vectors;
    if (spherical) {
      z = new float[count * d];
      for (int i = 0; i < count; i++) {
        Norms.normalise(vectors, i * d, z, i * d, d);
      }
    }
    for (int i = 0; i < count * groups; i++) {
      int id = 0;
      double error = 0;
      for (int j = 0; j < bits; j++) {
        float value = z[i * bits + j];
        id += value > 0 ? basis[j] : 0;
        double difference = value - (value > 0 ? scale : -scale);
        error += difference * difference;
      }
      ids[i] = id;
      if (errors != null) {
        errors[i] = (float) (error / bits);
      }
    }
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    for (int i = 0; i < count * groups; i++) {
      for (int j = 0; j < bits; j++) {
        vectors[i * bits + j] = (ids[i] & basis[j]) != 0 ? scale : -scale;
      }
    }
  }

  @Override
  int blockRows() {
    return 1024;
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TFloat32> flat = spherical ? GraphMath.normalise(tf, rows) : rows;
    Operand<TFloat32> z = GraphMath.reshape(tf, flat, -1, groups, bits);
    Operand<TInt32> set = tf.dtypes.cast(tf.math.greater(z, tf.constant(0f)), TInt32.class);
    Operand<TFloat32> values = values(tf, set);
    return new BlockCodes(
        GraphMath.pack(tf, set, basis, 2),
        tf.math.mean(tf.math.square(tf.math.sub(z, values)), tf.constant(2)),
        GraphMath.reshape(tf, values, -1, groups * bits));
  }

  private Operand<TFloat32> values(Ops tf, Operand<TInt32> set) {
    Operand<TInt32> signs = tf.math.sub(tf.math.mul(set, tf.constant(2)), tf.constant(1));
    return tf.math.mul(tf.dtypes.cast(signs, TFloat32.class), tf.constant(scale));
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    return GraphMath.reshape(tf, values(tf, GraphMath.bits(tf, ids, basis)), -1, groups * bits);
  }
}
