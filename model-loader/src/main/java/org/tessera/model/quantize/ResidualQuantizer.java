package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.CodebookGraph;
import org.tessera.model.quantize.kernel.Norms;

/**
 * Family {@code residual}: each level quantizes what the levels before it left over; the vector is
 * the sum of the levels' codes.
 */
final class ResidualQuantizer extends FamilyQuantizer {
  private final List<Codebook> levels;
  private final int used;
  private final boolean marksDropped;
  private final boolean normalisesOnce;

  private ResidualQuantizer(
      List<Codebook> levels, int used, boolean marksDropped, boolean normalisesOnce) {
    this.levels = levels;
    this.used = used;
    this.marksDropped = marksDropped;
    this.normalisesOnce = normalisesOnce;
  }

  static Quantizer read(SpecReader reader) {
    VectorRule rule = VectorRule.read(reader);
    boolean once = reader.flagOr("normalise_once", false);
    boolean mark = reader.choiceOr("dropped", "omit", "omit", "mark").equals("mark");
    List<FloatTensor> tables = tables(reader);
    int used = reader.integerOr("levels", tables.size(), 1, Math.max(1, tables.size()));
    reader.finish();
    List<Codebook> levels = new ArrayList<>();
    for (FloatTensor table : tables) {
      levels.add(new Codebook(List.of(table), new double[] {1}, rule));
    }
    return new ResidualQuantizer(List.copyOf(levels), used, mark, once);
  }

  /** One table a level, from a list of two-axis tensors or from one with three. */
  private static List<FloatTensor> tables(SpecReader reader) {
    List<FloatTensor> tables = new ArrayList<>();
    for (SpecReader.Named named : reader.tensors("codebooks", 2, 3)) {
      FloatTensor tensor = named.tensor();
      int codes = tensor.extent(-2);
      int d = tensor.extent(-1);
      for (int at = 0; at < tensor.values().length; at += codes * d) {
        tables.add(
            tensor.rank() == 2
                ? tensor
                : FloatTensor.of(
                    Arrays.copyOfRange(tensor.values(), at, at + codes * d), codes, d));
      }
      if (d != tables.get(0).extent(1)) {
        reader.problem(
            named
                + " has codes of "
                + d
                + " dimensions and level 0 of "
                + tables.get(0).extent(1)
                + " (levels add up, so they need equal dimensions)");
      }
    }
    return tables;
  }

  @Override
  public int[] latentShape() {
    return new int[] {levels.get(0).dimensions()};
  }

  @Override
  public int idsPerVector() {
    return marksDropped ? levels.size() : used;
  }

  @Override
  public int[] radices() {
    return levels.stream().limit(idsPerVector()).mapToInt(Codebook::codes).toArray();
  }

  @Override
  public String slotAxis() {
    return "level";
  }

  @Override
  public boolean droppable() {
    return true;
  }

  @Override
  public int errorsPerVector() {
    return idsPerVector();
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    int d = dimensions();
    int slots = idsPerVector();
    float[] residual = Arrays.copyOf(vectors, Math.multiplyExact(count, d));
    if (normalisesOnce) {
      for (int i = 0; i < count; i++) {
        Norms.normalise(residual, i * d, residual, i * d, d);
      }
    }
    int[] chosen = new int[count];
    for (int level = 0; level < slots; level++) {
      Codebook codebook = levels.get(level);
      if (level < used) {
        float[] prepared = residual.clone();
        codebook.prepare(prepared, count);
        codebook.nearest(prepared, count, chosen);
      } else {
        Arrays.fill(chosen, -1);
      }
      for (int i = 0; i < count; i++) {
        ids[i * slots + level] = chosen[i];
        float error = subtract(residual, i, codebook, chosen[i]);
        if (errors != null) {
          errors[i * slots + level] = error;
        }
      }
    }
  }

  /** Takes a code from a residual; a dropped level takes nothing. The mean square that is left. */
  private static float subtract(float[] residual, int row, Codebook codebook, int id) {
    int d = codebook.dimensions();
    double sum = 0;
    for (int i = row * d, from = id * d; i < row * d + d; i++, from++) {
      if (id >= 0) {
        residual[i] -= codebook.vectors()[from];
      }
      sum += (double) residual[i] * residual[i];
    }
    return (float) (sum / d);
  }

  @Override
  public boolean decodable() {
    return true;
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int d = dimensions();
    int slots = idsPerVector();
    Arrays.fill(vectors, 0, count * d, 0);
    for (int i = 0; i < count; i++) {
      for (int level = 0; level < slots; level++) {
        int id = ids[i * slots + level];
        for (int j = 0; id >= 0 && j < d; j++) {
          vectors[i * d + j] += levels.get(level).vectors()[id * d + j];
        }
      }
    }
  }

  @Override
  List<Operand<?>> constants(Ops tf) {
    List<Operand<?>> constants = new ArrayList<>();
    for (Codebook codebook : levels.subList(0, used)) {
      constants.addAll(CodebookGraph.constants(tf, codebook.search(), codebook.offsets()));
      if (!Arrays.equals(codebook.search(), codebook.vectors())) {
        constants.add(CodebookGraph.table(tf, codebook.vectors(), codebook.codes()));
      }
    }
    return constants;
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TFloat32> residual = normalisesOnce ? CodebookGraph.normalise(tf, rows) : rows;
    List<Operand<TInt32>> ids = new ArrayList<>();
    List<Operand<TFloat32>> errors = new ArrayList<>();
    int next = 0;
    for (Codebook codebook : levels.subList(0, used)) {
      List<Operand<?>> search = constants.subList(next, next + 2);
      next += 2;
      Operand<?> vectors = search.get(0);
      if (!Arrays.equals(codebook.search(), codebook.vectors())) {
        vectors = constants.get(next++);
      }
      Operand<TFloat32> prepared =
          CodebookGraph.prepare(
              tf, residual, codebook.blocks(), codebook.scales(), codebook.normalisesInput());
      Operand<TInt32> chosen = CodebookGraph.nearest(tf, prepared, codebook.codes(), search);
      residual =
          tf.math.sub(
              residual,
              CodebookGraph.gather(tf, chosen, codebook.codes(), codebook.dimensions(), vectors));
      ids.add(chosen);
      errors.add(CodebookGraph.meanSquare(tf, residual));
    }
    for (int level = used; level < idsPerVector(); level++) {
      ids.add(tf.fill(tf.constant(new int[] {blockRows()}), tf.constant(-1)));
      errors.add(errors.get(used - 1));
    }
    return BlockCodes.of(tf, ids, errors);
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    Operand<TFloat32> sum = null;
    for (int level = 0; level < idsPerVector(); level++) {
      Codebook codebook = levels.get(level);
      Operand<TInt32> column =
          tf.squeeze(
              tf.slice(ids, tf.constant(new int[] {0, level}), tf.constant(new int[] {-1, 1})),
              Squeeze.axis(1L));
      Operand<TFloat32> vectors =
          CodebookGraph.lookUpKept(
              tf, codebook.vectors(), codebook.codes(), codebook.dimensions(), column);
      sum = sum == null ? vectors : tf.math.add(sum, vectors);
    }
    return sum;
  }
}
