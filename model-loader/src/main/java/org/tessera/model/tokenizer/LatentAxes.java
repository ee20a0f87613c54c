package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.quantize.Quantizer;

/** How the axes of latents, of a quantizer's ids and of a layout relate. Immutable. */
final class LatentAxes {
  /** What to do with a model that has no positions. */
  static final String ONE_VECTOR =
      "one vector a sample is the layout axes [level], shape [1], slot_axis level";

  private final String tokenizer;
  private final TokenLayout layout;
  private final Vectors quantizer;
  private final String slot;
  private final List<String> positions;

  /**
   * What must be known of a quantizer.
   *
   * @param ids how many ids it makes of a vector
   * @param slotAxis the axis that tells them apart
   * @param radices the number of codes of each
   * @param shape the extents of a vector; -1 for any
   */
  private record Vectors(int ids, String slotAxis, List<Integer> radices, int[] shape) {
    static Vectors of(Quantizer quantizer) {
      return new Vectors(
          quantizer.idsPerVector(),
          quantizer.slotAxis(),
          IntStream.of(quantizer.radices()).boxed().toList(),
          quantizer.latentShape());
    }
  }

  /**
   * The axes of a tokenizer's latents. Of an encoder without a quantizer a vector may be of any
   * length.
   *
   * @param quantizer reads the quantizer where there is one
   * @throws ModelException when its ids do not fit the layout
   */
  static LatentAxes of(TokenizerManifest manifest, Supplier<Quantizer> quantizer) {
    Vectors vectors =
        manifest.isEncoder()
            ? new Vectors(1, "", List.of(), new int[] {-1})
            : Vectors.of(quantizer.get());
    return new LatentAxes(manifest.name(), manifest.layout(), vectors);
  }

  /**
   * Relates a layout and a quantizer.
   *
   * @param tokenizer how to call the tokenizer in messages
   * @throws ModelException when the quantizer's ids do not fit the layout
   */
  LatentAxes(String tokenizer, TokenLayout layout, Quantizer quantizer) {
    this(tokenizer, layout, Vectors.of(quantizer));
  }

  private LatentAxes(String tokenizer, TokenLayout layout, Vectors quantizer) {
    this.tokenizer = tokenizer;
    this.layout = layout;
    this.quantizer = quantizer;
    this.slot = slotAxis();
    this.positions = layout.axes().stream().filter(axis -> !axis.equals(slot)).toList();
    checkRadices();
  }

  /** The layout axis that tells a vector's ids apart; empty when there is none. */
  private String slotAxis() {
    int slots = quantizer.ids;
    String axis = layout.slotAxis();
    if (axis.isEmpty() && layout.axes().contains(quantizer.slotAxis)) {
      axis = quantizer.slotAxis;
    }
    int extent = axis.isEmpty() ? 1 : layout.shape().get(layout.axes().indexOf(axis));
    if ((extent >= 0 && extent != slots) || (axis.isEmpty() && slots > 1)) {
      throw new ModelException(
          "Cannot use the layout "
              + layout.axes()
              + layout.shape()
              + " of tokenizer "
              + tokenizer
              + ": the quantizer makes "
              + slots
              + " ids of a vector (give the layout an axis "
              + (quantizer.slotAxis.isEmpty() ? "level" : quantizer.slotAxis)
              + " of that extent)");
    }
    return axis;
  }

  private void checkRadices() {
    List<Integer> own = quantizer.radices;
    boolean same =
        layout.radices().size() == 1
            ? own.stream().allMatch(layout.radices().get(0)::equals)
            : own.equals(layout.radices());
    if (!same) {
      throw new ModelException(
          "Cannot use the layout of tokenizer "
              + tokenizer
              + ": its radices are "
              + layout.radices()
              + ", the quantizer's are "
              + own
              + " (write the quantizer's)");
    }
  }

  boolean hasSlot() {
    return !slot.isEmpty();
  }

  /** Whether the layout's last axis is one of positions, not the one that tells ids apart. */
  boolean endsWithPositions() {
    return !layout.axes().get(layout.axes().size() - 1).equals(slot);
  }

  /** The number of axes that are positions. */
  int positions() {
    return positions.size();
  }

  /** The axes of latents when a manifest does not name them: batch, positions, vector. */
  List<String> latents() {
    List<String> axes = new ArrayList<>();
    axes.add(Roles.BATCH_AXIS);
    axes.addAll(positions);
    for (int i = 0; i < quantizer.shape.length - 1; i++) {
      axes.add("inner" + i);
    }
    axes.add(Roles.CHANNEL_AXIS);
    return axes;
  }

  /**
   * The order in which the quantizer wants axes of these names: batch, positions, what else a
   * vector spans as it is written, and the channel last, which single values may lack.
   */
  List<String> ordered(TensorSpec latents) {
    if (positions.contains(Roles.CHANNEL_AXIS)) {
      throw new ModelException(
          "Cannot name the axes of latents "
              + latents.axes()
              + ": the layout, too, has an axis "
              + Roles.CHANNEL_AXIS
              + ", which here is the vector's (call that of the layout sensor)");
    }
    List<String> axes = latents.vectorAxes();
    List<String> ordered = new ArrayList<>();
    ordered.add(Roles.BATCH_AXIS);
    ordered.addAll(positions);
    for (String axis : axes) {
      if (!ordered.contains(axis) && !axis.equals(Roles.CHANNEL_AXIS)) {
        ordered.add(axis);
      }
    }
    ordered.add(Roles.CHANNEL_AXIS);
    boolean single = latents.hasChannel() || ordered.size() == positions.size() + 2;
    if (ordered.size() != axes.size() || !axes.containsAll(ordered) || !single) {
      throw new ModelException(
          "Cannot use latents with the axes "
              + latents.axes()
              + " (name "
              + Roles.BATCH_AXIS
              + ", "
              + String.join(", ", positions)
              + " and "
              + Roles.CHANNEL_AXIS
              + (latents.axes().size() == 2 ? "; " + ONE_VECTOR : "")
              + ")");
    }
    return ordered;
  }

  /**
   * Checks what is quantized before anything runs.
   *
   * @param info what the model says about it
   * @param varies whether the layout gives the most positions that a sample may have
   * @throws ModelException when its axes or extents cannot be what the manifest says
   */
  void require(TensorSpec latents, ModelSignature.TensorInfo info, boolean varies) {
    List<String> names = latents.axes().isEmpty() ? latents() : latents.axes();
    if (!latents.axes().isEmpty()) {
      ordered(latents);
    }
    if (info == null || info.shape() == null) {
      return;
    }
    boolean isReshaped = !latents.shape().isEmpty();
    int rank = isReshaped ? latents.shape().size() + 1 : info.shape().size();
    if (rank != names.size()) {
      throw unusable(
          latents,
          info,
          "the manifest gives it the axes "
              + names
              + (isReshaped ? " and the shape " + latents.shape() : "")
              + " (name the axes that it has; without batch, and with batch: 1 for the model, where"
              + " it is of one sample; without channel where it is one value a position; "
              + ONE_VECTOR
              + ")");
    }
    int trimmed = latents.trim().front() + latents.trim().back();
    long first = info.shape().size() < 2 ? 0 : info.shape().get(1);
    if (trimmed > 0 && first >= 0 && first <= trimmed) {
      throw unusable(latents, info, trimmed + " positions are trimmed (leave some of axis 1)");
    }
    long[] own = new MissingAxes(!latents.hasBatch(), !latents.hasChannel()).extents(info);
    if (trimmed > 0 && first >= 0) {
      own[1] -= trimmed;
    }
    if (isReshaped) {
      boolean isKnown = Arrays.stream(own).skip(1).allMatch(extent -> extent >= 0);
      own = isKnown ? Shapes.of(latents, own) : Shapes.open(latents);
    }
    if (!varies) {
      requirePositions(latents, info, own);
    }
    long[] wanted = vectors(latents);
    for (int axis = 0; axis < wanted.length; axis++) {
      if (wanted[axis] >= 0 && own[axis] >= 0 && wanted[axis] != own[axis]) {
        throw unusable(
            latents,
            info,
            "its vectors have "
                + own[axis]
                + " values, and the quantizer takes "
                + wanted[axis]
                + " (give the codebooks of this model, or name the axes)");
      }
    }
  }

  /** The layout says how many positions there are, where their number does not vary. */
  private void requirePositions(TensorSpec latents, ModelSignature.TensorInfo info, long[] own) {
    int[] places = places(latents);
    for (int i = 0; i < positions.size(); i++) {
      long has = own[places[i + 1]];
      long wanted = layout.shape().get(layout.axes().indexOf(positions.get(i)));
      if (wanted >= 0 && has >= 0 && has != wanted) {
        throw unusable(
            latents,
            info,
            "it has "
                + has
                + " positions along "
                + positions.get(i)
                + ", and the layout says "
                + wanted
                + " (write the model's, or give it a shape of more axes)");
      }
    }
  }

  /**
   * The extents that latents must have as the manifest orders them, once they are trimmed and
   * reshaped; -1 for batch and positions.
   */
  long[] vectors(TensorSpec latents) {
    int[] places = places(latents);
    long[] extents = new long[places.length];
    Arrays.fill(extents, -1);
    int[] trailing = quantizer.shape;
    int leading = places.length - trailing.length;
    for (int i = 0; i < trailing.length && leading == positions.size() + 1; i++) {
      extents[places[leading + i]] = trailing[i];
    }
    return extents;
  }

  /** Where each of batch, positions and what a vector spans is among the manifest's axes. */
  private int[] places(TensorSpec latents) {
    if (latents.axes().isEmpty()) {
      // In this order; a position may have the name of the vector's axis.
      return IntStream.range(0, latents().size()).toArray();
    }
    return ordered(latents).stream().mapToInt(latents.vectorAxes()::indexOf).toArray();
  }

  private ModelException unusable(
      TensorSpec latents, ModelSignature.TensorInfo info, String problem) {
    return new ModelException(
        "Cannot use the output "
            + latents.tensor()
            + " "
            + info
            + " of tokenizer "
            + tokenizer
            + ": "
            + problem);
  }

  /** From {@code [batch, positions, slot]} to batch and the layout's axes, or the other way. */
  List<String> quantizerIds() {
    List<String> axes = new ArrayList<>();
    axes.add(Roles.BATCH_AXIS);
    axes.addAll(positions);
    axes.add(slot);
    return axes;
  }

  /** Batch and the layout's axes. */
  List<String> layoutIds() {
    List<String> axes = new ArrayList<>();
    axes.add(Roles.BATCH_AXIS);
    axes.addAll(layout.axes());
    return axes;
  }

  /**
   * How to move the axes of ids whose positions may be folded into fewer or more axes than the
   * layout has.
   *
   * @param rank the rank of the ids, {@code [batch, ..., slot]}
   */
  int[] toLayout(int rank) {
    if (rank == positions.size() + 2) {
      return Permutation.order(quantizerIds(), layoutIds());
    }
    int at = layout.axes().indexOf(slot);
    if (at == layout.axes().size() - 1) {
      return IntStream.range(0, rank).toArray();
    }
    if (at == 0) {
      int[] order = IntStream.range(-1, rank - 1).toArray();
      order[0] = 0;
      order[1] = rank - 1;
      return order;
    }
    throw new ModelException(
        "Cannot order ids of rank "
            + rank
            + " by the axes "
            + layout.axes()
            + " (return latents with one axis for each of "
            + positions
            + ")");
  }
}
