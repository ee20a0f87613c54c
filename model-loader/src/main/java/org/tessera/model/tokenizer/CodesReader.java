package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.tessera.model.bundle.Neighbours;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;

/** From a model's output tensors to checked ids in the layout's order. Thread-safe. */
final class CodesReader {
  private final TokenizerManifest manifest;
  private final TokenLayout layout;
  private final List<String> axes;
  private final OptionalInt keep;
  private final IdRules rules;

  /**
   * A reader for a manifest whose layout may be cut to a prefix.
   *
   * @param keep how many ids to keep along the prefix axis; empty for all
   */
  CodesReader(TokenizerManifest manifest, OptionalInt keep) {
    this.manifest = manifest;
    this.keep = keep;
    this.layout = manifest.layout();
    this.rules = IdRules.of(manifest);
    this.axes = new ArrayList<>();
    axes.add(Roles.BATCH_AXIS);
    axes.addAll(layout.axes());
  }

  /**
   * Reads one batch.
   *
   * @param outputs tensors by role, still owned by the caller
   * @param specs what the manifest says about them, by role
   * @param batch the number of samples that went in
   */
  Codes read(Map<String, NativeTensor> outputs, Map<String, TensorSpec> specs, int batch) {
    NativeTensor tensor = outputs.get(Roles.IDS);
    TensorSpec spec = specs.get(Roles.IDS);
    if (!tensor.type().integral()) {
      throw wrong(spec, "its element type is " + tensor.type().id(), "cast it to int32");
    }
    int[] ids = new int[Math.toIntExact(tensor.size())];
    try {
      tensor.read(0, ids, 0, ids.length);
    } catch (ArithmeticException e) {
      throw wrong(spec, "an id does not fit 32 bits", "split it into groups or levels");
    }
    int[] full = Tensors.shape(tensor);
    if (!spec.axesWithBatch().isEmpty()) {
      requireAxes(spec, full);
      int[] order = Permutation.order(spec.axesWithBatch(), axes);
      if (!Permutation.identity(order)) {
        ids = Permutation.apply(ids, full, order);
      }
      full = Permutation.shape(full, order);
    }
    if (full.length == 0 || full[0] != batch) {
      throw wrong(
          spec,
          "it has the shape " + Arrays.toString(full) + " for " + batch + " samples",
          "the batch axis comes first; name the axes if it does not");
    }
    int[] shape = sampleShape(spec, full);
    Kept kept = kept(outputs, specs, batch, shape[shape.length - 1]);
    int[] neighbours = neighbours(outputs, specs, ids.length, shape);
    ids = cut(ids, shape);
    kept = kept == null ? null : kept.first(shape[shape.length - 1]);
    check(spec, ids, batch, shape, kept);
    Codes codes = new Codes(batch, ids, shape, null, 0, null, null, neighbours);
    return withErrors(outputs, specs, kept == null ? codes : packed(codes, kept));
  }

  private void check(TensorSpec spec, int[] ids, int batch, int[] shape, Kept kept) {
    int size = batch == 0 ? 0 : ids.length / batch;
    int last = shape[shape.length - 1];
    for (int i = 0; i < batch; i++) {
      int sample = i;
      rules
          .problem(
              ids,
              sample * size,
              shape,
              at -> kept == null || kept.mask()[sample * last + at % last])
          .ifPresent(
              problem -> {
                throw wrong(spec, "sample " + sample + " " + problem, "check the layout");
              });
    }
  }

  /** Moves the ids that a sample keeps to the front. */
  private Codes packed(Codes codes, Kept kept) {
    int count = manifest.neighbours().map(Neighbours::count).orElse(0);
    return new Codes(
        codes.batch(),
        kept.pack(codes.ids(), 1),
        codes.shape(),
        null,
        0,
        kept.lengths(),
        manifest.keepsPositions() ? kept.positions() : null,
        codes.neighbours() == null ? null : kept.pack(codes.neighbours(), count));
  }

  /** Which ids of the last axis each sample keeps; null when all samples keep all. */
  Kept kept(
      Map<String, NativeTensor> outputs, Map<String, TensorSpec> specs, int batch, int extent) {
    String role = manifest.keepsPositions() ? Roles.KEPT : Roles.LENGTHS;
    NativeTensor tensor = outputs.get(role);
    if (tensor == null) {
      return null;
    }
    try {
      return manifest.keepsPositions()
          ? Kept.mask(tensor, batch, extent)
          : Kept.lengths(tensor, batch, extent);
    } catch (IllegalArgumentException e) {
      throw new ModelException("Cannot use " + name(specs.get(role)) + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks what a model says about its ids, as far as that is known before it runs.
   *
   * @throws ModelException when no batch of it can fit the layout
   */
  void checkDeclared(TensorSpec spec, ModelSignature.TensorInfo info) {
    ElementType type = Tensors.type(info.type(), spec.tensor());
    if (!type.integral()) {
      throw wrong(spec, "its element type is " + type.id(), "cast it to int32");
    }
    List<Long> shape = info.shape();
    List<String> order = spec.axesWithBatch().isEmpty() ? axes : spec.axesWithBatch();
    if (shape == null || shape.size() != order.size()) {
      return;
    }
    for (int i = 0; i < order.size(); i++) {
      int axis = layout.axes().indexOf(order.get(i));
      if (axis >= 0) {
        long declared = layout.shape().get(axis);
        long own = shape.get(i);
        if (own >= 0 && declared >= 0 && own != declared) {
          throw wrong(
              spec,
              "it has the shape " + shape,
              "the layout says " + declared + " along " + order.get(i));
        }
      }
    }
  }

  private void requireAxes(TensorSpec spec, int[] full) {
    if (spec.axesWithBatch().size() != full.length
        || !spec.axesWithBatch().containsAll(axes)
        || !axes.containsAll(spec.axesWithBatch())) {
      throw wrong(
          spec,
          "its shape is " + Arrays.toString(full) + " with the axes " + spec.axesWithBatch(),
          "the layout needs " + axes);
    }
  }

  /** The extents of one sample by the layout's axes, before a prefix is cut. */
  private int[] sampleShape(TensorSpec spec, int[] full) {
    int[] own = Arrays.copyOfRange(full, 1, full.length);
    List<Integer> declared = layout.shape();
    if (own.length != declared.size()) {
      own = reshape(own, declared);
    }
    for (int axis = 0; own != null && axis < own.length; axis++) {
      int extent = declared.get(axis);
      boolean cut = keep.isPresent() && isPrefixAxis(axis) && own[axis] >= extent;
      if (extent >= 0 && own[axis] != extent && !cut) {
        own = null;
      }
    }
    if (own == null) {
      throw wrong(
          spec,
          "it has the shape " + Arrays.toString(full),
          "the layout " + layout.axes() + " says " + declared + " after the batch axis");
    }
    return own;
  }

  private static int[] reshape(int[] own, List<Integer> declared) {
    long size = Arrays.stream(own).asLongStream().reduce(1, (a, b) -> a * b);
    long known =
        declared.stream()
            .filter(extent -> extent >= 0)
            .mapToLong(Integer::longValue)
            .reduce(1, (a, b) -> a * b);
    long open = declared.stream().filter(extent -> extent < 0).count();
    if (known == 0 || open > 1 || size % known != 0 || (open == 0 && size != known)) {
      return null;
    }
    return declared.stream()
        .mapToInt(extent -> extent < 0 ? (int) (size / known) : extent)
        .toArray();
  }

  private boolean isPrefixAxis(int axis) {
    return manifest.prefix().orElseThrow().axis().equals(layout.axes().get(axis));
  }

  /** Keeps the first ids along the prefix axis; {@code shape} becomes that of the result. */
  private int[] cut(int[] ids, int[] shape) {
    if (keep.isEmpty()) {
      return ids;
    }
    int axis = layout.axes().indexOf(manifest.prefix().orElseThrow().axis());
    int[] kept = shape.clone();
    kept[axis] = Math.min(kept[axis], keep.getAsInt());
    if (kept[axis] == shape[axis]) {
      return ids;
    }
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    int from = shape[axis] * inner;
    int to = kept[axis] * inner;
    int[] cut = new int[ids.length / from * to];
    for (int i = 0; i < ids.length / from; i++) {
      System.arraycopy(ids, i * from, cut, i * to, to);
    }
    System.arraycopy(kept, 0, shape, 0, kept.length);
    return cut;
  }

  /** The best codes of each id that is kept; null when there are none. */
  private int[] neighbours(
      Map<String, NativeTensor> outputs, Map<String, TensorSpec> specs, int ids, int[] shape) {
    NativeTensor tensor = outputs.get(Roles.NEIGHBOURS);
    if (tensor == null) {
      return null;
    }
    int count = manifest.neighbours().orElseThrow().count();
    if (!tensor.type().integral() || tensor.size() != (long) ids * count) {
      throw wrong(
          specs.get(Roles.NEIGHBOURS),
          "it is " + tensor.type().id() + Arrays.toString(tensor.shape()),
          count + " for each of " + ids + " ids");
    }
    int[] neighbours = new int[Math.toIntExact(tensor.size())];
    tensor.read(0, neighbours, 0, neighbours.length);
    int[] extents = Arrays.copyOf(shape, shape.length + 1);
    extents[shape.length] = count;
    return cut(neighbours, extents);
  }

  private Codes withErrors(
      Map<String, NativeTensor> outputs, Map<String, TensorSpec> specs, Codes codes) {
    NativeTensor tensor = outputs.get(Roles.QUANTIZATION_ERROR);
    if (tensor == null) {
      return codes;
    }
    TensorSpec spec = specs.get(Roles.QUANTIZATION_ERROR);
    long[] extents = tensor.shape();
    boolean fits = tensor.type().floating() && extents.length >= 1 && extents.length <= 2;
    int batch = codes.batch();
    if (!fits || extents[0] != batch) {
      throw wrong(
          spec,
          "it is " + tensor.type().id() + Arrays.toString(extents),
          "give floats [batch, levels]");
    }
    int all = extents.length == 1 ? 1 : Math.toIntExact(extents[1]);
    float[] errors = new float[batch * all];
    tensor.read(0, errors, 0, errors.length);
    // A pyramid has an error a scale.
    int slots = layout.slotAxis().isEmpty() ? layout.scales().size() : layout.slots(codes.shape());
    int levels = Math.min(all, Math.max(1, slots));
    if (levels < all) {
      float[] kept = new float[batch * levels];
      for (int i = 0; i < batch; i++) {
        System.arraycopy(errors, i * all, kept, i * levels, levels);
      }
      errors = kept;
    }
    return new Codes(
        batch,
        codes.ids(),
        codes.shape(),
        errors,
        levels,
        codes.lengths(),
        codes.positions(),
        codes.neighbours());
  }

  private String name(TensorSpec spec) {
    return "output " + spec.tensor() + " of tokenizer " + manifest.name();
  }

  private ModelException wrong(TensorSpec spec, String what, String hint) {
    return new ModelException("Cannot use " + name(spec) + ": " + what + " (" + hint + ")");
  }
}
