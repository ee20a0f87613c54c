package org.tessera.model.bundle;

import java.util.Set;
import java.util.TreeSet;

/** What must hold of the tensors of one signature. */
final class TensorRules {
  /** Inputs that are no measurements. */
  private static final Set<String> WHOLE = Set.of(Roles.IDS, Roles.KEPT, Roles.SEED);

  private final ModelSpec model;
  private final TokenLayout layout;
  private final boolean isLast;
  private final Problems problems;

  /**
   * Rules for a signature.
   *
   * @param model whose it is
   * @param isLast whether it is one of the last model
   */
  TensorRules(ModelSpec model, TokenLayout layout, boolean isLast, Problems problems) {
    this.model = model;
    this.layout = layout;
    this.isLast = isLast;
    this.problems = problems;
  }

  void check(SignatureSpec signature, boolean encodes, String place) {
    signature
        .inputs()
        .forEach(
            (role, tensor) -> {
              String at = place + ".inputs." + role;
              checkTensor(tensor, at);
              checkValue(tensor, signature, at);
              checkScaling(role, tensor, at);
              if (!tensor.trim().equals(TensorSpec.Trim.NONE)) {
                problems.add(at, "trim_front and trim_back are for outputs (leave them out)");
              }
              checkBeside(tensor, !encodes && isLast && role.equals(Roles.IDS), at);
            });
    signature
        .outputs()
        .forEach(
            (role, tensor) -> {
              String at = place + ".outputs." + role;
              checkTensor(tensor, at);
              if (tensor.value().isPresent() || tensor.scaling().isPresent()) {
                problems.add(at, "value, shift and scale are for inputs (leave them out)");
              }
              checkShaped(encodes && isLast ? role : "", tensor, signature, at);
              checkBeside(tensor, encodes && isLast && role.equals(Roles.IDS), at);
            });
  }

  private void checkTensor(TensorSpec tensor, String place) {
    if (tensor.tensors().stream().anyMatch(String::isBlank)) {
      problems.add(place, "empty tensor name (give the model's own name)");
    }
    if (!tensor.hasBatch() && model.batch() != 1) {
      problems.add(
          place + ".axes",
          "no "
              + Roles.BATCH_AXIS
              + " axis (name all axes; where the model has none, write batch: 1)");
    }
    if (new TreeSet<>(tensor.axes()).size() != tensor.axes().size()) {
      problems.add(place + ".axes", "an axis is named twice");
    }
    if (tensor.shape().stream().filter(extent -> extent == -1).count() > 1
        || tensor.shape().stream().anyMatch(extent -> extent == 0 || extent < -1)) {
      problems.add(place + ".shape", "cannot use " + tensor.shape() + " (at most one -1)");
    }
  }

  private void checkValue(TensorSpec tensor, SignatureSpec signature, String place) {
    if (tensor.value().isEmpty() || tensor.value().get().extents().isEmpty()) {
      return;
    }
    String role = tensor.value().get().of();
    TensorSpec other = signature.inputs().get(role);
    if (other == null || other.value().isPresent()) {
      problems.add(
          place,
          "no input "
              + role
              + " that is fed has extents (write of and the role of one that is, or give a value)");
    }
    if (tensor.value().get().extents().stream().anyMatch(axis -> axis < 0)) {
      problems.add(place, "an axis of an input cannot be below 0, which is the batch's");
    }
  }

  private void checkScaling(String role, TensorSpec tensor, String place) {
    if (tensor.scaling().isEmpty()) {
      return;
    }
    if (tensor.scaling().get().scale() == 0) {
      problems.add(place + ".scale", "it is 0 (give another number)");
    }
    if (tensor.value().isPresent()) {
      problems.add(place, "a value is fed as it is (leave shift and scale out)");
    }
    if (WHOLE.contains(role)) {
      problems.add(place, role + " are whole numbers (leave shift and scale out)");
    }
  }

  /** Only latents and logits, of which all positions count, may be cut and reshaped. */
  private void checkShaped(String role, TensorSpec tensor, SignatureSpec signature, String place) {
    TensorSpec.Trim trim = tensor.trim();
    if (trim.equals(TensorSpec.Trim.NONE) && tensor.shape().isEmpty()) {
      return;
    }
    if (!role.equals(Roles.LATENTS) && !role.equals(Roles.LOGITS)) {
      problems.add(
          place,
          "shape, trim_front and trim_back are for inputs, and for latents and logits of the last"
              + " encode (leave them out)");
    } else if (trim.front() < 0 || trim.back() < 0) {
      problems.add(place, "trim_front and trim_back cannot be below 0");
    } else if (!tensor.hasBatch() || !tensor.hasChannel()) {
      problems.add(
          place + ".axes", "what is trimmed or reshaped has batch and channel (name them)");
    } else if (signature.outputs().containsKey(Roles.KEPT)
        || signature.outputs().containsKey(Roles.LENGTHS)) {
      problems.add(place, "kept and lengths are of all positions (leave shape and trims out)");
    }
  }

  /** Several tensors hold ids alone, side by side along the layout's last axis. */
  private void checkBeside(TensorSpec tensor, boolean isIds, String place) {
    TensorSpec.Beside beside = tensor.beside();
    if (beside.equals(TensorSpec.Beside.NONE)) {
      return;
    }
    int axis = layout.axes().size() - 1;
    if (beside.tensors().isEmpty()) {
      problems.add(place + ".each", "it is for several tensors (leave it out)");
    } else if (!isIds || !tensor.axes().isEmpty() || !tensor.shape().isEmpty()) {
      problems.add(
          place,
          "several tensors are the ids of the last model, [batch, positions] each (leave axes and"
              + " shape out)");
    } else if (beside.each().size() != tensor.tensors().size()
        || beside.each().stream().anyMatch(number -> number < 1)) {
      problems.add(place + ".each", "give how many ids of a position each of the tensors has");
    } else if (axis != 1
        || !layout.axes().get(axis).equals(layout.slotAxis())
        || layout.shape().get(axis) != beside.all()) {
      problems.add(
          place,
          "a position has "
              + beside.all()
              + " ids (let the layout be one axis and a slot axis of that extent)");
    }
  }
}
