package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.kernel.Gaussians;

/**
 * Family {@code random_projection}: the nearest code to a linear projection of the vector, where
 * projection and codebook are random and frozen (Chiu et al. 2022, "BEST-RQ"; the first iteration
 * of BEATs). Both are stored as tensors, or made from a seed by {@link Gaussians}. Ids cannot be
 * turned back into vectors.
 */
final class RandomProjectionQuantizer extends FamilyQuantizer {
  private final LinearMap projection;
  private final Codebook codebook;

  private RandomProjectionQuantizer(LinearMap projection, Codebook codebook) {
    this.projection = projection;
    this.codebook = codebook;
  }

  static FamilyQuantizer read(SpecReader reader) {
    VectorRule rule =
        new VectorRule(
            reader.choice("metric", VectorRule.EUCLIDEAN, VectorRule.COSINE, VectorRule.DOT),
            reader.choice("normalise", "none", "both", "input"),
            "stored");
    FloatTensor projection = null;
    FloatTensor codes = null;
    if (reader.has("seed")) {
      int seed = reader.integer("seed", 0, Integer.MAX_VALUE);
      int dimensions = reader.integer("dimensions", 1, 1 << 20);
      int projected = reader.integer("projected", 1, 1 << 16);
      int count = reader.integer("codes", 1, 1 << 20);
      if (reader.clean()) {
        Gaussians gaussians = new Gaussians(seed);
        // Xavier: the variance of the projection's entries is 2 / (inputs + outputs).
        projection =
            FloatTensor.of(
                gaussians.next(
                    Math.multiplyExact(projected, dimensions),
                    Math.sqrt(2.0 / (dimensions + projected))),
                projected,
                dimensions);
        codes =
            FloatTensor.of(
                gaussians.next(Math.multiplyExact(count, projected), 1), count, projected);
      }
    } else {
      SpecReader.Named map = reader.tensor("projection", 2);
      SpecReader.Named table = reader.tensor("codebook", 2);
      if (map != null && table != null && map.tensor().extent(0) != table.tensor().extent(1)) {
        reader.problem(
            map
                + " gives "
                + map.tensor().extent(0)
                + " dimensions and the codes of "
                + table.name()
                + " have "
                + table.tensor().extent(1));
      }
      projection = map == null ? null : map.tensor();
      codes = table == null ? null : table.tensor();
    }
    if (!reader.finish()) {
      return null;
    }
    return new RandomProjectionQuantizer(
        new LinearMap(projection, new float[projection.extent(0)]),
        new Codebook(List.of(codes), new double[] {1}, rule));
  }

  @Override
  public int[] latentShape() {
    return new int[] {projection.inputs()};
  }

  @Override
  public int[] decodedShape() {
    return new int[] {0};
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
    float[] projected = new float[count * projection.outputs()];
    projection.apply(vectors, count, projected);
    codebook.prepare(projected, count);
    codebook.nearest(projected, count, ids);
    for (int i = 0; errors != null && i < count; i++) {
      errors[i] = codebook.error(projected, i, ids[i]);
    }
  }

  @Override
  public boolean decodable() {
    return false;
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    throw new UnsupportedOperationException(
        "Cannot decode ids of a random projection: it cannot be undone");
  }

  @Override
  int constantCount() {
    return 2 + codebook.constantCount();
  }

  @Override
  List<Operand<?>> constants(Ops tf) {
    List<Operand<?>> constants = new ArrayList<>(projection.constants(tf));
    constants.addAll(codebook.constants(tf));
    return constants;
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TFloat32> projected = LinearMap.apply(tf, rows, constants.subList(0, 2));
    BlockCodes codes = codebook.encodeBlock(tf, projected, constants.subList(2, constants.size()));
    return new BlockCodes(codes.ids(), codes.errors(), null);
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    throw new UnsupportedOperationException("not decodable");
  }
}
