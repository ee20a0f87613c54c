package org.tessera.model.quantize;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.CodebookGraph;
import org.tessera.model.quantize.graph.GraphMath;

/**
 * Family {@code argmax}: the id is the position of the largest logit, the lowest one among equals,
 * as a dVAE's deterministic labels are. There is no distance and hence no error. Ids stand for rows
 * of a codebook where one is given.
 */
final class ArgmaxQuantizer extends FamilyQuantizer {
  private final int codes;
  private final FloatTensor codebook;

  private ArgmaxQuantizer(int codes, FloatTensor codebook) {
    this.codes = codes;
    this.codebook = codebook;
  }

  static FamilyQuantizer read(SpecReader reader) {
    int codes = reader.integer("codes", 1, 1 << 24);
    FloatTensor codebook = null;
    if (reader.has("codebook")) {
      SpecReader.Named named = reader.tensor("codebook", 2);
      if (named != null && named.tensor().extent(0) != codes) {
        reader.problem(
            named + " has " + named.tensor().extent(0) + " rows (give one a code: " + codes + ")");
      }
      codebook = named == null ? null : named.tensor();
    }
    if (!reader.finish()) {
      return null;
    }
    return new ArgmaxQuantizer(codes, codebook);
  }

  @Override
  public int[] latentShape() {
    return new int[] {codes};
  }

  @Override
  public int[] decodedShape() {
    return new int[] {codebook == null ? 0 : codebook.extent(1)};
  }

  @Override
  public int idsPerVector() {
    return 1;
  }

  @Override
  public int[] radices() {
    return new int[] {codes};
  }

  @Override
  public String slotAxis() {
    return "";
  }

  @Override
  public int errorsPerVector() {
    return 0;
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    for (int i = 0; i < count; i++) {
      int best = 0;
      for (int k = 1; k < codes; k++) {
        if (vectors[i * codes + k] > vectors[i * codes + best]) {
          best = k;
        }
      }
      ids[i] = best;
    }
  }

  @Override
  public boolean decodable() {
    return codebook != null;
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    if (codebook == null) {
      throw new UnsupportedOperationException(
          "Cannot decode logits' ids without a codebook (name one in the quantizer)");
    }
    checkIds(ids, count);
    int d = decodedDimensions();
    for (int i = 0; i < count; i++) {
      System.arraycopy(codebook.values(), ids[i] * d, vectors, i * d, d);
    }
  }

  @Override
  int constantCount() {
    return codebook == null ? 0 : 1;
  }

  @Override
  List<Operand<?>> constants(Ops tf) {
    return codebook == null
        ? List.of()
        : List.of(CodebookGraph.table(tf, codebook.values(), codes));
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TInt32> ids = tf.math.argMax(rows, tf.constant(1), TInt32.class);
    return new BlockCodes(
        tf.expandDims(ids, tf.constant(1)),
        GraphMath.none(tf, (int) rows.shape().get(0)),
        codebook == null
            ? null
            : CodebookGraph.gather(tf, ids, decodedDimensions(), constants.get(0)));
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    return CodebookGraph.lookUp(
        tf, codebook.values(), decodedDimensions(), GraphMath.column(tf, ids, 0));
  }
}
