package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tessera.model.bundle.Prefix;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.NativeTensor;

/** From ids to the tensor that a decode signature takes. Thread-safe. */
final class DecodeInput {
  private final TokenizerManifest manifest;
  private final TokenLayout layout;

  /** For a bundle's manifest, whose layout is not cut to a prefix. */
  DecodeInput(TokenizerManifest manifest) {
    this.manifest = manifest;
    this.layout = manifest.layout();
  }

  /** The tensor for the role {@code ids}; the caller closes it. */
  NativeTensor ids(ModelCall call, int[] ids, int batch, int[] shape) {
    TensorSpec spec = call.signature().inputs().get(Roles.IDS);
    int[] extents = withBatch(batch, shape);
    requireSize(ids, extents);
    int[] values = ids;
    int[] full = extents;
    int[] filled = filledShape(shape);
    if (!Arrays.equals(filled, shape)) {
      values = fill(ids, batch, shape, filled);
      full = withBatch(batch, filled);
    }
    if (!spec.axes().isEmpty()) {
      List<String> axes = new ArrayList<>();
      axes.add(Roles.BATCH_AXIS);
      axes.addAll(layout.axes());
      int[] order = Permutation.order(axes, spec.axes());
      values = Permutation.apply(values, full, order);
      full = Permutation.shape(full, order);
    }
    long[] wanted = Shapes.input(spec, Arrays.stream(full).asLongStream().toArray());
    NativeTensor tensor = call.session().allocate(call.inputType(Roles.IDS), wanted);
    Tensors.writeIds(tensor, values);
    return tensor;
  }

  private void requireSize(int[] ids, int[] extents) {
    long size = Arrays.stream(extents).asLongStream().reduce(1, (a, b) -> a * b);
    if (size != ids.length || extents.length - 1 != layout.axes().size()) {
      throw new IllegalArgumentException(
          "Cannot decode "
              + ids.length
              + " ids of shape "
              + Arrays.toString(extents)
              + " with tokenizer "
              + manifest.name()
              + " (its layout has the axes "
              + layout.axes()
              + ")");
    }
  }

  /** The extents with the dropped ids of the prefix axis put back, where the decoder wants that. */
  private int[] filledShape(int[] shape) {
    int[] filled = shape.clone();
    if (manifest.prefix().isPresent() && manifest.prefix().get().fill().isPresent()) {
      int axis = layout.axes().indexOf(manifest.prefix().get().axis());
      filled[axis] = Math.max(filled[axis], layout.shape().get(axis));
    }
    return filled;
  }

  private int[] fill(int[] ids, int batch, int[] shape, int[] filled) {
    Prefix prefix = manifest.prefix().orElseThrow();
    int axis = layout.axes().indexOf(prefix.axis());
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    int from = shape[axis] * inner;
    int to = filled[axis] * inner;
    int outer = batch;
    for (int i = 0; i < axis; i++) {
      outer *= shape[i];
    }
    int[] values = new int[outer * to];
    Arrays.fill(values, prefix.fill().orElseThrow());
    for (int i = 0; i < outer; i++) {
      System.arraycopy(ids, i * from, values, i * to, from);
    }
    return values;
  }

  private static int[] withBatch(int batch, int[] shape) {
    int[] extents = new int[shape.length + 1];
    extents[0] = batch;
    System.arraycopy(shape, 0, extents, 1, shape.length);
    return extents;
  }
}
