package org.tessera.model.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tessera.model.engine.ElementType;

/**
 * One tensor of a model's signature, and what must be done so that it fits. Immutable and
 * thread-safe.
 *
 * @param tensor the model's own name for it; colons are allowed
 * @param beside for ids: further tensors whose ids stand beside those of the first
 * @param type the element type, where it must differ from what the signature says
 * @param axes the names of the model's axes, outermost first, when they are not the usual ones
 *     (batch, then the layout's axes, for latents then {@code channel}); else empty. Without {@code
 *     batch} the tensor is that of one sample, latents without {@code channel} are single values
 * @param shape for inputs: the extents without the batch axis that the model wants, with at most
 *     one -1, when the front-end's array must be reshaped; for latents and logits that a model
 *     gives, those that they are to have; else empty
 * @param trim for latents and logits that a model gives: positions that are left out
 * @param value for inputs: what is fed in every call in place of what the front-end makes
 * @param scaling for inputs: how what is fed is scaled before
 */
public record TensorSpec(
    String tensor,
    Beside beside,
    Optional<ElementType> type,
    List<String> axes,
    List<Integer> shape,
    Trim trim,
    Optional<Constant> value,
    Optional<Scaling> scaling) {
  /**
   * Ids of several tensors {@code [batch, positions]}, as codecs of several rates give them. A
   * position of the layout has, along its last axis, {@code each} ids of each tensor, the ones that
   * follow each other there.
   *
   * @param tensors the names of the tensors after the first; empty where there is one tensor
   * @param each how many ids of a position each tensor has, the first one's in front
   */
  public record Beside(List<String> tensors, List<Integer> each) {
    /** One tensor holds all ids. */
    public static final Beside NONE = new Beside(List.of(), List.of());

    public Beside {
      tensors = List.copyOf(tensors);
      each = List.copyOf(each);
    }

    /** How many ids a position has in all. */
    public int all() {
      return each.stream().mapToInt(Integer::intValue).sum();
    }
  }

  /**
   * How many positions are left out of the axis that follows the batch's, before anything else.
   *
   * @param front at its begin, such as class tokens and registers of a vision transformer
   * @param back at its end
   */
  public record Trim(int front, int back) {
    /** None. */
    public static final Trim NONE = new Trim(0, 0);
  }

  /**
   * An input that follows from the manifest and the extents of another one.
   *
   * @param numbers the values, row-major; empty where an extent is the value
   * @param shape the extents without batch axis; empty for a scalar
   * @param extents axes of the other input, 0 being the batch: those whose extents the one number
   *     fills, or the one whose extent is the value of each sample; empty where no other matters
   * @param of the role of the other input
   */
  public record Constant(
      List<Number> numbers, List<Integer> shape, List<Integer> extents, String of) {
    public Constant {
      numbers = List.copyOf(numbers);
      shape = List.copyOf(shape);
      extents = List.copyOf(extents);
    }

    /** A scalar. */
    public static Constant scalar(Number number) {
      return new Constant(List.of(number), List.of(), List.of(), Roles.SIGNAL);
    }

    /** A vector. */
    public static Constant vector(List<Number> numbers) {
      return new Constant(numbers, List.of(numbers.size()), List.of(), Roles.SIGNAL);
    }

    /** The signal's extent along an axis. */
    public static Constant extent(int axis) {
      return new Constant(List.of(), List.of(), List.of(axis), Roles.SIGNAL);
    }

    /** This number, as often as the signal's extents along some axes say. */
    public Constant filling(List<Integer> axes) {
      return new Constant(numbers, shape, axes, of);
    }

    /** The same with the extents of another input than the signal. */
    public Constant of(String role) {
      return new Constant(numbers, shape, extents, role);
    }
  }

  /**
   * How latents of one model become the input of another: {@code (x - shift) · scale} on the way to
   * ids, {@code x / scale + shift} on the way back, in 32-bit floats; what diffusers calls {@code
   * shift_factor} and {@code scaling_factor}.
   *
   * @param scale not 0
   */
  public record Scaling(float shift, float scale) {
    /** Scales values in place, on the way to ids or back. */
    public void apply(float[] values, int count, boolean back) {
      for (int i = 0; i < count; i++) {
        values[i] = back ? values[i] / scale + shift : (values[i] - shift) * scale;
      }
    }
  }

  public TensorSpec {
    axes = List.copyOf(axes);
    shape = List.copyOf(shape);
  }

  /** The names of all tensors, the first one in front. */
  public List<String> tensors() {
    List<String> all = new ArrayList<>(List.of(tensor));
    all.addAll(beside.tensors());
    return all;
  }

  /** Whether the model's tensor has a batch axis. */
  public boolean hasBatch() {
    return axes.isEmpty() || axes.contains(Roles.BATCH_AXIS);
  }

  /** The axes, with a batch axis in front where the model's tensor has none; empty as they are. */
  public List<String> axesWithBatch() {
    if (hasBatch()) {
      return axes;
    }
    List<String> all = new ArrayList<>(List.of(Roles.BATCH_AXIS));
    all.addAll(axes);
    return List.copyOf(all);
  }

  /** Whether the model's tensor, of latents or scores, has an axis for them. */
  public boolean hasChannel() {
    return axes.isEmpty() || axes.contains(Roles.CHANNEL_AXIS);
  }

  /** As {@link #axesWithBatch}, and for latents or scores with their axis behind. */
  public List<String> vectorAxes() {
    if (hasChannel()) {
      return axesWithBatch();
    }
    List<String> all = new ArrayList<>(axesWithBatch());
    all.add(Roles.CHANNEL_AXIS);
    return List.copyOf(all);
  }

  /** A tensor that fits as it is. */
  public static TensorSpec of(String tensor) {
    return of(tensor, Optional.empty());
  }

  /** A constant input. */
  public static TensorSpec constant(String tensor, Constant value) {
    return of(tensor, Optional.of(value));
  }

  private static TensorSpec of(String tensor, Optional<Constant> value) {
    return new TensorSpec(
        tensor,
        Beside.NONE,
        Optional.empty(),
        List.of(),
        List.of(),
        Trim.NONE,
        value,
        Optional.empty());
  }

  /** The same tensor with its axes in another order. */
  public TensorSpec withAxes(List<String> newAxes) {
    return new TensorSpec(tensor, beside, type, newAxes, shape, trim, value, scaling);
  }

  /** The same tensor, reshaped to these extents (without the batch axis). */
  public TensorSpec withShape(List<Integer> newShape) {
    return new TensorSpec(tensor, beside, type, axes, newShape, trim, value, scaling);
  }

  /** The same tensor with another element type. */
  public TensorSpec withType(ElementType newType) {
    return new TensorSpec(tensor, beside, Optional.of(newType), axes, shape, trim, value, scaling);
  }

  /** The same input, scaled before it is fed. */
  public TensorSpec withScaling(float shift, float scale) {
    return new TensorSpec(
        tensor, beside, type, axes, shape, trim, value, Optional.of(new Scaling(shift, scale)));
  }
}
