package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.GraphMath;
import org.tessera.model.quantize.kernel.Norms;

/**
 * Family {@code residual}: each level quantizes what the levels before it left over; the vector is
 * the sum of the levels' vectors. Levels are codebooks with one rule, or any quantizers of one
 * vector length.
 */
final class ResidualQuantizer extends CompositeQuantizer {
  private final int used;
  private final boolean marksDropped;
  private final boolean normalisesOnce;

  private ResidualQuantizer(
      List<FamilyQuantizer> levels, int used, boolean marksDropped, boolean normalisesOnce) {
    super(marksDropped ? levels : levels.subList(0, used));
    this.used = used;
    this.marksDropped = marksDropped;
    this.normalisesOnce = normalisesOnce;
  }

  static FamilyQuantizer read(SpecReader reader) {
    boolean once = reader.flagOr("normalise_once", false);
    boolean mark = reader.choiceOr("dropped", "omit", "omit", "mark").equals("mark");
    List<FamilyQuantizer> levels =
        reader.has("parts") ? readParts(reader) : Codebooks.readLevels(reader, "codebooks");
    int most = Math.max(1, levels.size());
    int used = reader.integerOr("levels", most, 1, most);
    for (FamilyQuantizer level : reader.has("parts") ? levels : List.<FamilyQuantizer>of()) {
      int d = levels.get(0).dimensions();
      if (level.dimensions() != d || level.decodedDimensions() != d) {
        reader.problem(
            "parts["
                + levels.indexOf(level)
                + "]: takes "
                + level.dimensions()
                + " and gives "
                + level.decodedDimensions()
                + " dimensions; level 0 takes "
                + d
                + " (levels add up, so they need equal dimensions)");
      }
    }
    if (!reader.finish()) {
      return null;
    }
    return new ResidualQuantizer(levels, used, mark, once);
  }

  @Override
  public int[] latentShape() {
    return parts.get(0).latentShape();
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
    return parts.size();
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    int d = dimensions();
    float[] residual = Arrays.copyOf(vectors, Math.multiplyExact(count, d));
    for (int i = 0; normalisesOnce && i < count; i++) {
      Norms.normalise(residual, i * d, residual, i * d, d);
    }
    float[] found = new float[count * d];
    int slot = 0;
    for (int level = 0; level < parts.size(); level++) {
      FamilyQuantizer part = parts.get(level);
      int[] chosen;
      if (level < used) {
        chosen = new int[count * part.idsPerVector()];
        part.encode(residual, count, chosen, null);
        part.decode(chosen, count, found);
        for (int i = 0; i < found.length; i++) {
          residual[i] -= found[i];
        }
      } else {
        chosen = dropped(count * part.idsPerVector());
      }
      scatter(chosen, part.idsPerVector(), ids, idsPerVector(), slot, count);
      slot += part.idsPerVector();
      if (errors != null) {
        scatter(meanSquares(residual, d, count), 1, errors, parts.size(), level, count);
      }
    }
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int d = dimensions();
    Arrays.fill(vectors, 0, count * d, 0);
    float[] found = new float[count * d];
    int slot = 0;
    for (FamilyQuantizer part : parts) {
      int slots = part.idsPerVector();
      int[] own = gather(ids, idsPerVector(), slot, slots, count);
      for (int i = 0; i < own.length; i++) {
        own[i] = Math.max(own[i], 0);
      }
      part.decode(own, count, found);
      for (int i = 0; i < found.length; i++) {
        boolean kept = ids[i / d * idsPerVector() + slot] >= 0;
        vectors[i] += kept ? found[i] : 0;
      }
      slot += slots;
    }
  }

  @Override
  FamilyQuantizer first(int count) {
    List<FamilyQuantizer> kept = firstParts(count);
    return new ResidualQuantizer(kept, Math.min(used, kept.size()), marksDropped, normalisesOnce);
  }

  @Override
  List<FamilyQuantizer> encoding() {
    return parts.subList(0, used);
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TFloat32> residual = normalisesOnce ? GraphMath.normalise(tf, rows) : rows;
    Operand<TFloat32> sum = null;
    List<Operand<TInt32>> ids = new ArrayList<>();
    List<Operand<TFloat32>> errors = new ArrayList<>();
    Shares shares = new Shares(constants);
    for (FamilyQuantizer part : encoding()) {
      BlockCodes codes = part.encodeBlock(tf, residual, shares.take(part));
      residual = tf.math.sub(residual, codes.vectors());
      sum = sum == null ? codes.vectors() : tf.math.add(sum, codes.vectors());
      ids.add(codes.ids());
      errors.add(GraphMath.meanSquare(tf, residual));
    }
    for (FamilyQuantizer part : parts.subList(used, parts.size())) {
      int count = (int) rows.shape().get(0);
      ids.add(tf.fill(tf.constant(new int[] {count, part.idsPerVector()}), tf.constant(-1)));
      errors.add(errors.get(used - 1));
    }
    return new BlockCodes(GraphMath.beside(tf, ids), tf.stack(errors, Stack.axis(1L)), sum);
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    Operand<TFloat32> sum = null;
    int slot = 0;
    for (FamilyQuantizer part : parts) {
      Operand<TInt32> own = GraphMath.columns(tf, ids, slot, part.idsPerVector());
      Operand<TFloat32> found = part.decodeRows(tf, tf.math.maximum(own, tf.constant(0)));
      Operand<TFloat32> kept =
          tf.dtypes.cast(
              tf.math.greaterEqual(GraphMath.columns(tf, own, 0, 1), tf.constant(0)),
              TFloat32.class);
      found = tf.math.mul(found, kept);
      sum = sum == null ? found : tf.math.add(sum, found);
      slot += part.idsPerVector();
    }
    return sum;
  }
}
