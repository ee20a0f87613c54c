package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.GraphMath;

/**
 * Family {@code parallel}: every part quantizes the whole vector, and the vector that ids stand for
 * is the sum of the parts' vectors, e.g. a semantic and an acoustic stream.
 */
final class ParallelQuantizer extends CompositeQuantizer {
  private ParallelQuantizer(List<FamilyQuantizer> parts) {
    super(parts);
  }

  static FamilyQuantizer read(SpecReader reader) {
    List<FamilyQuantizer> parts = readParts(reader);
    for (FamilyQuantizer part : parts) {
      FamilyQuantizer first = parts.get(0);
      if (part.dimensions() != first.dimensions()
          || part.decodedDimensions() != first.decodedDimensions()) {
        reader.problem(
            "parts["
                + parts.indexOf(part)
                + "]: takes "
                + part.dimensions()
                + " and gives "
                + part.decodedDimensions()
                + " dimensions; part 0 takes "
                + first.dimensions()
                + " and gives "
                + first.decodedDimensions()
                + " (parts quantize the same vector)");
      }
    }
    if (!reader.finish()) {
      return null;
    }
    return new ParallelQuantizer(parts);
  }

  @Override
  FamilyQuantizer first(int count) {
    return new ParallelQuantizer(firstParts(count));
  }

  @Override
  public int[] latentShape() {
    return parts.get(0).latentShape();
  }

  @Override
  public int[] decodedShape() {
    return parts.get(0).decodedShape();
  }

  @Override
  public String slotAxis() {
    return "level";
  }

  @Override
  public int errorsPerVector() {
    return parts.stream().mapToInt(Quantizer::errorsPerVector).sum();
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    int slot = 0;
    int error = 0;
    for (FamilyQuantizer part : parts) {
      int[] own = new int[count * part.idsPerVector()];
      float[] ownErrors = errors == null ? null : new float[count * part.errorsPerVector()];
      part.encode(vectors, count, own, ownErrors);
      scatter(own, part.idsPerVector(), ids, idsPerVector(), slot, count);
      if (errors != null) {
        scatter(ownErrors, part.errorsPerVector(), errors, errorsPerVector(), error, count);
      }
      slot += part.idsPerVector();
      error += part.errorsPerVector();
    }
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int slot = 0;
    Arrays.fill(vectors, 0, count * decodedDimensions(), 0);
    float[] found = new float[count * decodedDimensions()];
    for (FamilyQuantizer part : parts) {
      part.decode(gather(ids, idsPerVector(), slot, part.idsPerVector(), count), count, found);
      for (int i = 0; i < found.length; i++) {
        vectors[i] += found[i];
      }
      slot += part.idsPerVector();
    }
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    List<Operand<TInt32>> ids = new ArrayList<>();
    List<Operand<TFloat32>> errors = new ArrayList<>();
    Operand<TFloat32> sum = null;
    Shares shares = new Shares(constants);
    for (FamilyQuantizer part : parts) {
      BlockCodes codes = part.encodeBlock(tf, rows, shares.take(part));
      ids.add(codes.ids());
      errors.add(codes.errors());
      sum = sum == null ? codes.vectors() : tf.math.add(sum, codes.vectors());
    }
    return new BlockCodes(GraphMath.beside(tf, ids), GraphMath.beside(tf, errors), sum);
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    Operand<TFloat32> sum = null;
    int slot = 0;
    for (FamilyQuantizer part : parts) {
      Operand<TFloat32> found =
          part.decodeRows(tf, GraphMath.columns(tf, ids, slot, part.idsPerVector()));
      sum = sum == null ? found : tf.math.add(sum, found);
      slot += part.idsPerVector();
    }
    return sum;
  }
}
