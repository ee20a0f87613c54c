package org.tessera.model.quantize;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.GraphMath;

/**
 * Family {@code binary}: binary latents. A bit is set where {@code sigmoid(x) > 0.5} in 32-bit
 * floats, which is not the same as {@code x > 0}: for tiny positive {@code x} the sigmoid rounds to
 * exactly 0.5. {@link #THRESHOLD} is the largest such {@code x}, and both forms compare with it.
 *
 * <p>Bits are packed into words, the first dimension least significant; {@code bits_per_id} 1 keeps
 * them apart. A vector is the sum of the rows of {@code embedding} whose bits are set; without an
 * embedding it is the bits themselves, 0 and 1.
 */
final class BinaryQuantizer extends FamilyQuantizer {
  /** {@code 1/(1+exp(-x))}, correctly rounded at each step, is 0.5 up to here and more above. */
  static final float THRESHOLD = threshold();

  private final int bits;
  private final int bitsPerId;
  private final int[] basis;
  private final FloatTensor embedding;

  private BinaryQuantizer(int bits, int bitsPerId, FloatTensor embedding) {
    this.bits = bits;
    this.bitsPerId = bitsPerId;
    this.basis = SignQuantizer.bitBasis(bitsPerId, "little");
    this.embedding = embedding;
  }

  static FamilyQuantizer read(SpecReader reader) {
    int bits = reader.integer("bits", 1, 1 << 16);
    int bitsPerId = reader.integer("bits_per_id", 1, 30);
    if (bits % bitsPerId != 0) {
      reader.problem("bits_per_id: " + bitsPerId + " (give a divisor of " + bits + ")");
    }
    FloatTensor embedding = null;
    if (reader.has("embedding")) {
      SpecReader.Named named = reader.tensor("embedding", 2);
      if (named != null && named.tensor().extent(0) != bits) {
        reader.problem(
            named + " has " + named.tensor().extent(0) + " rows (give one a bit: " + bits + ")");
      }
      embedding = named == null ? null : named.tensor();
    }
    if (!reader.finish()) {
      return null;
    }
    return new BinaryQuantizer(bits, bitsPerId, embedding);
  }

  /** By bisection over the floats from 0, where the sigmoid is 0.5, to 1e-6, where it is more. */
  private static float threshold() {
    int low = 0;
    int high = Float.floatToIntBits(1e-6f);
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (sigmoid(Float.intBitsToFloat(middle)) > 0.5f) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return Float.intBitsToFloat(low);
  }

  private static float sigmoid(float x) {
    return 1f / (1f + (float) Math.exp(-x));
  }

  @Override
  public int[] latentShape() {
    return new int[] {bits};
  }

  @Override
  public int[] decodedShape() {
    return new int[] {embedding == null ? bits : embedding.extent(1)};
  }

  @Override
  public int idsPerVector() {
    return bits / bitsPerId;
  }

  @Override
  public int[] radices() {
    int[] radices = new int[idsPerVector()];
    Arrays.fill(radices, 1 << bitsPerId);
    return radices;
  }

  @Override
  public String slotAxis() {
    return bitsPerId == 1 ? "bit" : "word";
  }

  @Override
  public int errorsPerVector() {
    return 1;
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    for (int i = 0; i < count; i++) {
      double error = 0;
      for (int j = 0; j < bits; j++) {
        float value = vectors[i * bits + j];
        int bit = value > THRESHOLD ? 1 : 0;
        int at = i * idsPerVector() + j / bitsPerId;
        ids[at] = (j % bitsPerId == 0 ? 0 : ids[at]) + bit * basis[j % bitsPerId];
        double difference = sigmoid(value) - bit;
        error += difference * difference;
      }
      if (errors != null) {
        errors[i] = (float) (error / bits);
      }
    }
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int d = decodedDimensions();
    Arrays.fill(vectors, 0, count * d, 0);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < bits; j++) {
        boolean set = (ids[i * idsPerVector() + j / bitsPerId] & basis[j % bitsPerId]) != 0;
        if (set && embedding == null) {
          vectors[i * d + j] = 1;
        }
        for (int e = 0; set && embedding != null && e < d; e++) {
          vectors[i * d + e] += embedding.values()[j * d + e];
        }
      }
    }
  }

  @Override
  int constantCount() {
    return embedding == null ? 0 : 1;
  }

  @Override
  List<Operand<?>> constants(Ops tf) {
    return embedding == null
        ? List.of()
        : List.of(GraphMath.constant(tf, embedding.values(), embedding.shape()));
  }

  @Override
  int blockRows() {
    return 1024;
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TInt32> set =
        tf.dtypes.cast(tf.math.greater(rows, tf.constant(THRESHOLD)), TInt32.class);
    Operand<TFloat32> values = tf.dtypes.cast(set, TFloat32.class);
    Operand<TInt32> words = GraphMath.reshape(tf, set, -1, idsPerVector(), bitsPerId);
    Operand<TFloat32> errors = GraphMath.meanSquare(tf, tf.math.sub(tf.math.sigmoid(rows), values));
    return new BlockCodes(
        GraphMath.pack(tf, words, basis, 2),
        tf.expandDims(errors, tf.constant(1)),
        embed(tf, values, constants));
  }

  private Operand<TFloat32> embed(
      Ops tf, Operand<TFloat32> values, List<? extends Operand<?>> constants) {
    return embedding == null
        ? values
        : tf.linalg.matMul(values, constants.get(0).asOutput().expect(TFloat32.class));
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    Operand<TInt32> set = GraphMath.reshape(tf, GraphMath.bits(tf, ids, basis), -1, bits);
    return embed(tf, tf.dtypes.cast(set, TFloat32.class), constants(tf));
  }
}
