package org.tessera.model.quantize;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.CodebookGraph;
import org.tessera.model.quantize.graph.GraphMath;

/** Family {@code vq}: one id a vector, the best code of one codebook. */
final class VectorQuantizer extends FamilyQuantizer {
  private final Codebook codebook;

  VectorQuantizer(Codebook codebook) {
    this.codebook = codebook;
  }

  static FamilyQuantizer read(SpecReader reader) {
    VectorRule rule = VectorRule.read(reader);
    List<SpecReader.Named> tables = reader.tensors("codebook", 2);
    double[] weights = new double[tables.size()];
    Arrays.fill(weights, 1);
    if (reader.has("weights")) {
      double[] written = reader.numbers("weights");
      if (reader.clean() && written.length != tables.size()) {
        reader.problem(
            "weights: "
                + written.length
                + " for "
                + tables.size()
                + " codebooks (give one a codebook)");
      } else if (Arrays.stream(written).anyMatch(weight -> weight <= 0)) {
        reader.problem("weights: " + Arrays.toString(written) + " (give positive numbers)");
      } else {
        weights = written;
      }
    }
    for (SpecReader.Named table : tables) {
      int codes = tables.get(0).tensor().extent(0);
      if (table.tensor().extent(0) != codes) {
        reader.problem(
            table
                + " has "
                + table.tensor().extent(0)
                + " codes and "
                + tables.get(0).name()
                + " has "
                + codes
                + " (blocks of one code share its index)");
      }
    }
    if (!reader.finish()) {
      return null;
    }
    List<FloatTensor> blocks = tables.stream().map(SpecReader.Named::tensor).toList();
    return new VectorQuantizer(new Codebook(blocks, weights, rule));
  }

  Codebook codebook() {
    return codebook;
  }

  @Override
  public int[] latentShape() {
    return new int[] {codebook.dimensions()};
  }

  @Override
  public int idsPerVector() {
    return 1;
  }

  @Override
  public int[] radices() {
    return new int[] {codebook.codes()};
  }

  @Override
  public String slotAxis() {
    return "";
  }

  @Override
  public int errorsPerVector() {
    return 1;
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    float[] prepared = Arrays.copyOf(vectors, Math.multiplyExact(count, dimensions()));
    codebook.prepare(prepared, count);
    codebook.nearest(prepared, count, ids);
    for (int i = 0; errors != null && i < count; i++) {
      errors[i] = codebook.error(prepared, i, ids[i]);
    }
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int d = codebook.dimensions();
    for (int i = 0; i < count; i++) {
      System.arraycopy(codebook.vectors(), ids[i] * d, vectors, i * d, d);
    }
  }

  @Override
  int constantCount() {
    return codebook.constantCount();
  }

  @Override
  List<Operand<?>> constants(Ops tf) {
    return codebook.constants(tf);
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    return codebook.encodeBlock(tf, rows, constants);
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    return CodebookGraph.lookUp(
        tf, codebook.vectors(), codebook.dimensions(), GraphMath.column(tf, ids, 0));
  }
}
