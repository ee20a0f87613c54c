package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;

/**
 * Family {@code projected}: a linear map before another quantizer and one behind it, e.g. the
 * factorised codes of a codec level. Errors are the inner quantizer's, in its own space.
 */
final class ProjectedQuantizer extends FamilyQuantizer {
  private final LinearMap in;
  private final FamilyQuantizer inner;
  private final LinearMap out;

  private ProjectedQuantizer(LinearMap in, FamilyQuantizer inner, LinearMap out) {
    this.in = in;
    this.inner = inner;
    this.out = out;
  }

  static FamilyQuantizer read(SpecReader reader) {
    LinearMap in = LinearMap.read(reader, "project_in");
    LinearMap out = reader.has("project_out") ? LinearMap.read(reader, "project_out") : null;
    SpecReader part = reader.part("inner");
    FamilyQuantizer inner = part == null ? null : Quantizers.read(part);
    if (reader.clean()) {
      if (in.outputs() != inner.dimensions()) {
        reader.problem(
            "project_in: gives "
                + in.outputs()
                + " dimensions and the inner quantizer takes "
                + inner.dimensions());
      }
      if (out != null && !inner.decodable()) {
        reader.problem("project_out: the inner quantizer cannot decode (remove it)");
      } else if (out != null && out.inputs() != inner.decodedDimensions()) {
        reader.problem(
            "project_out: takes "
                + out.inputs()
                + " dimensions and the inner quantizer gives "
                + inner.decodedDimensions());
      }
    }
    if (!reader.finish()) {
      return null;
    }
    return new ProjectedQuantizer(in, inner, out);
  }

  LinearMap in() {
    return in;
  }

  FamilyQuantizer inner() {
    return inner;
  }

  @Override
  FamilyQuantizer first(int count) {
    return new ProjectedQuantizer(in, inner.first(count), out);
  }

  @Override
  public int[] latentShape() {
    return new int[] {in.inputs()};
  }

  @Override
  public int[] decodedShape() {
    return out == null ? inner.decodedShape() : new int[] {out.outputs()};
  }

  @Override
  public int idsPerVector() {
    return inner.idsPerVector();
  }

  @Override
  public int[] radices() {
    return inner.radices();
  }

  @Override
  public String slotAxis() {
    return inner.slotAxis();
  }

  @Override
  public boolean droppable() {
    return inner.droppable();
  }

  @Override
  public int errorsPerVector() {
    return inner.errorsPerVector();
  }

  @Override
  public void encode(float[] vectors, int count, int[] ids, float[] errors) {
    float[] projected = new float[count * in.outputs()];
    in.apply(vectors, count, projected);
    inner.encode(projected, count, ids, errors);
  }

  @Override
  public boolean decodable() {
    return inner.decodable();
  }

  @Override
  public void decode(int[] ids, int count, float[] vectors) {
    if (out == null) {
      inner.decode(ids, count, vectors);
      return;
    }
    float[] found = new float[count * inner.decodedDimensions()];
    inner.decode(ids, count, found);
    out.apply(found, count, vectors);
  }

  @Override
  int blockRows() {
    return inner.blockRows();
  }

  @Override
  int constantCount() {
    return inner.constantCount() + 2 + (out == null ? 0 : 2);
  }

  @Override
  List<Operand<?>> constants(Ops tf) {
    List<Operand<?>> constants = new ArrayList<>(in.constants(tf));
    if (out != null) {
      constants.addAll(out.constants(tf));
    }
    constants.addAll(inner.constants(tf));
    return constants;
  }

  @Override
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    int own = constants.size() - inner.constantCount();
    Operand<TFloat32> projected = LinearMap.apply(tf, rows, constants.subList(0, 2));
    BlockCodes codes = inner.encodeBlock(tf, projected, constants.subList(own, constants.size()));
    return out == null
        ? codes
        : new BlockCodes(
            codes.ids(),
            codes.errors(),
            LinearMap.apply(tf, codes.vectors(), constants.subList(2, 4)));
  }

  @Override
  Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids) {
    Operand<TFloat32> found = inner.decodeRows(tf, ids);
    return out == null ? found : LinearMap.apply(tf, found, out.constants(tf));
  }
}
