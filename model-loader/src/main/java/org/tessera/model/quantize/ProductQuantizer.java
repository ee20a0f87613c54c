package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.GraphMath;

/**
 * Family {@code product}: the vector is cut into neighbouring parts, each with a quantizer of its
 * own. The ids stay apart, or are packed into one number whose first part is least significant.
 */
final class ProductQuantizer extends CompositeQuantizer {
  private final boolean packed;
  private final int[] basis;

  private ProductQuantizer(List<FamilyQuantizer> parts, boolean packed) {
    super(parts);
    this.packed = packed;
    this.basis = packed ? MixedRadix.basis(super.radices()) : null;
  }

  static FamilyQuantizer read(SpecReader reader) {
    boolean packed = reader.choice("packing", "unpacked", "packed").equals("packed");
    List<FamilyQuantizer> parts =
        reader.has("parts") ? readParts(reader) : Codebooks.readGroups(reader, "codebooks");
    if (packed && parts.stream().anyMatch(Quantizer::droppable)) {
      reader.problem("packing: packed (parts that drop levels cannot be packed)");
    }
    int[] radices = parts.stream().flatMapToInt(part -> IntStream.of(part.radices())).toArray();
    if (packed && MixedRadix.product(radices) > Integer.MAX_VALUE) {
      reader.problem(
          "packing: packed (the codes of all parts need more than 31 bits: leave them unpacked)");
    }
    if (!reader.finish()) {
      return null;
    }
    return new ProductQuantizer(parts, packed);
  }

  @Override
  public int[] latentShape() {
    return new int[] {parts.stream().mapToInt(Quantizer::dimensions).sum()};
  }

  @Override
  public int[] decodedShape() {
    return new int[] {parts.stream().mapToInt(Quantizer::decodedDimensions).sum()};
  }

  @Override
  public int idsPerVector() {
    return packed ? 1 : super.idsPerVector();
  }

  @Override
  public int[] radices() {
    int[] radices = super.radices();
    return packed ? new int[] {(int) MixedRadix.product(radices)} : radices;
  }

  @Override
  public String slotAxis() {
    return packed ? "" : "group";
  }

  @Override
  public int errorsPerVector() {
    return parts.stream().mapToInt(Quantizer::errorsPerVector).sum();
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    int slots = super.idsPerVector();
    int[] unpacked = packed ? new int[count * slots] : ids;
    int column = 0;
    int slot = 0;
    int error = 0;
    for (FamilyQuantizer part : parts) {
      float[] own = new float[count * part.dimensions()];
      gather(vectors, dimensions(), column, own, part.dimensions(), count);
      int[] ownIds = new int[count * part.idsPerVector()];
      float[] ownErrors = errors == null ? null : new float[count * part.errorsPerVector()];
      part.encode(own, count, ownIds, ownErrors);
      scatter(ownIds, part.idsPerVector(), unpacked, slots, slot, count);
      if (errors != null) {
        scatter(ownErrors, part.errorsPerVector(), errors, errorsPerVector(), error, count);
      }
      column += part.dimensions();
      slot += part.idsPerVector();
      error += part.errorsPerVector();
    }
    for (int i = 0; packed && i < count; i++) {
      ids[i] = MixedRadix.pack(unpacked, i * slots, basis);
    }
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    checkIds(ids, count);
    int slots = super.idsPerVector();
    int[] unpacked = ids;
    if (packed) {
      unpacked = new int[count * slots];
      for (int i = 0; i < count; i++) {
        MixedRadix.unpack(ids[i], super.radices(), unpacked, i * slots);
      }
    }
    int column = 0;
    int slot = 0;
    for (FamilyQuantizer part : parts) {
      float[] own = new float[count * part.decodedDimensions()];
      part.decode(gather(unpacked, slots, slot, part.idsPerVector(), count), count, own);
      scatter(own, part.decodedDimensions(), vectors, decodedDimensions(), column, count);
      column += part.decodedDimensions();
      slot += part.idsPerVector();
    }
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    List<Operand<TInt32>> ids = new ArrayList<>();
    List<Operand<TFloat32>> errors = new ArrayList<>();
    List<Operand<TFloat32>> vectors = new ArrayList<>();
    Shares shares = new Shares(constants);
    int column = 0;
    for (FamilyQuantizer part : parts) {
      Operand<TFloat32> own = GraphMath.columns(tf, rows, column, part.dimensions());
      BlockCodes codes = part.encodeBlock(tf, own, shares.take(part));
      ids.add(codes.ids());
      errors.add(codes.errors());
      vectors.add(codes.vectors());
      column += part.dimensions();
    }
    Operand<TInt32> all = GraphMath.beside(tf, ids);
    if (packed) {
      all = tf.expandDims(GraphMath.pack(tf, all, basis, 1), tf.constant(1));
    }
    return new BlockCodes(all, GraphMath.beside(tf, errors), GraphMath.beside(tf, vectors));
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    Operand<TInt32> unpacked = ids;
    if (packed) {
      unpacked = GraphMath.unpack(tf, ids, basis, super.radices());
    }
    List<Operand<TFloat32>> vectors = new ArrayList<>();
    int slot = 0;
    for (FamilyQuantizer part : parts) {
      vectors.add(part.decodeRows(tf, GraphMath.columns(tf, unpacked, slot, part.idsPerVector())));
      slot += part.idsPerVector();
    }
    return GraphMath.beside(tf, vectors);
  }
}
