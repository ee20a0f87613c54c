package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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

  /**
   * The tensor for the role {@code ids}; the caller closes it.
   *
   * @param kept the positions along the last axis at which they stand; null for the first
   */
  NativeTensor ids(ModelCall call, int[] ids, int batch, int[] shape, int[] kept) {
    requireSize(ids, withBatch(batch, shape));
    if (!manifest.keepsPositions()) {
      requireKept(kept == null, kept);
      return whole(call, ids, batch, shape);
    }
    int own = shape[shape.length - 1];
    requireKept(own <= extent() && (kept == null || fits(kept, own)), kept);
    int[] all = shape.clone();
    all[shape.length - 1] = extent();
    int rows = Arrays.stream(all).reduce(batch, (a, b) -> a * b) / extent();
    int fill = manifest.prefix().map(Prefix::fill).orElse(OptionalInt.empty()).orElse(0);
    return whole(call, place(ids, rows, own, kept, fill), batch, all);
  }

  /**
   * The mask of the positions that have ids, for the first call that takes one; the caller closes
   * it.
   *
   * @param shape the extents of a sample's ids
   * @param kept the positions along the last axis at which they stand; null for the first
   */
  Map<String, NativeTensor> mask(List<ModelCall> calls, int batch, int[] shape, int[] kept) {
    for (ModelCall call : calls) {
      TensorSpec spec = call.signature().inputs().get(Roles.KEPT);
      if (spec != null) {
        int[] ones = new int[batch * shape[shape.length - 1]];
        Arrays.fill(ones, 1);
        int[] mask = place(ones, batch, shape[shape.length - 1], kept, 0);
        long[] wanted = Shapes.of(spec, new long[] {batch, extent()});
        NativeTensor tensor = call.session().allocate(call.inputType(Roles.KEPT), wanted);
        Tensors.write(tensor, Arrays.stream(mask).<Number>mapToObj(value -> value).toList());
        return Map.of(Roles.KEPT, tensor);
      }
    }
    return Map.of();
  }

  /** The extent of the last axis when no position is left out. */
  private int extent() {
    return layout.shape().get(layout.shape().size() - 1);
  }

  /** Puts the values of each row at their positions along the last axis. */
  private int[] place(int[] values, int rows, int own, int[] kept, int fill) {
    int extent = extent();
    int[] placed = new int[rows * extent];
    Arrays.fill(placed, fill);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < own; i++) {
        placed[row * extent + (kept == null ? i : kept[i])] = values[row * own + i];
      }
    }
    return placed;
  }

  /** Whether so many ids can stand at these positions. */
  private boolean fits(int[] kept, int own) {
    boolean fits = kept.length == own;
    for (int i = 0; fits && i < own; i++) {
      fits = kept[i] > (i == 0 ? -1 : kept[i - 1]) && kept[i] < extent();
    }
    return fits;
  }

  private void requireKept(boolean fits, int[] kept) {
    if (!fits) {
      throw new IllegalArgumentException(
          "Cannot decode with tokenizer "
              + manifest.name()
              + ": its ids cannot stand at the positions "
              + (kept == null ? "in front" : Arrays.toString(kept))
              + (manifest.keepsPositions()
                  ? " (one for each id along the last axis, ascending, below " + extent() + ")"
                  : " (its model has no output kept)"));
    }
  }

  private NativeTensor whole(ModelCall call, int[] ids, int batch, int[] shape) {
    TensorSpec spec = call.signature().inputs().get(Roles.IDS);
    int[] values = ids;
    int[] full = withBatch(batch, shape);
    int[] filled = filledShape(shape);
    if (!Arrays.equals(filled, shape)) {
      values = fill(ids, batch, shape, filled);
      full = withBatch(batch, filled);
    }
    if (!spec.axesWithBatch().isEmpty()) {
      List<String> axes = new ArrayList<>();
      axes.add(Roles.BATCH_AXIS);
      axes.addAll(layout.axes());
      int[] order = Permutation.order(axes, spec.axesWithBatch());
      values = Permutation.apply(values, full, order);
      full = Permutation.shape(full, order);
    }
    long[] wanted = Shapes.of(spec, Arrays.stream(full).asLongStream().toArray());
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
