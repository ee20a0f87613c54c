package org.tessera.model.tokenizer;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.engine.ModelException;

/** Whether ids lie inside their codebooks. */
final class IdChecks {
  private IdChecks() {}

  /**
   * Checks a batch.
   *
   * @param kept which positions of the last axis each sample keeps, or null for all
   * @param fill the id that stands for a dropped one, where the manifest's prefix has one
   * @param name how to call the tensor in a message
   * @throws ModelException naming the tensor, the id and its place
   */
  static void check(
      int[] ids,
      int batch,
      int[] shape,
      TokenLayout layout,
      Kept kept,
      OptionalInt fill,
      Supplier<String> name) {
    int[] limits = limits(shape, layout);
    int last = shape[shape.length - 1];
    int size = batch == 0 ? 0 : ids.length / batch;
    for (int sample = 0; sample < batch; sample++) {
      for (int i = 0; i < size; i++) {
        int id = ids[sample * size + i];
        int limit = limits.length == 1 ? limits[0] : limits[i];
        boolean outside = id < 0 || id >= limit;
        boolean stays = kept == null || kept.mask()[sample * last + i % last];
        if (outside && stays && !(fill.isPresent() && id == fill.getAsInt())) {
          throw new ModelException(
              "Cannot use "
                  + name.get()
                  + ": sample "
                  + sample
                  + " has the id "
                  + id
                  + " at "
                  + Arrays.toString(index(i, shape))
                  + ", but the layout "
                  + layout.axes()
                  + " allows 0 to "
                  + (limit - 1)
                  + " there (check the radices)");
        }
      }
    }
  }

  /** The number of codes at each position of a sample; one number when all are the same. */
  private static int[] limits(int[] shape, TokenLayout layout) {
    if (layout.radices().size() == 1) {
      return new int[] {layout.radix(0)};
    }
    int slots = layout.slots(shape);
    int stride = layout.slotStride(shape);
    if (slots != layout.radices().size()) {
      throw new ModelException(
          "Cannot check ids: the axis "
              + layout.slotAxis()
              + " has "
              + slots
              + " slots but the layout gives "
              + layout.radices().size()
              + " radices");
    }
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    int[] limits = new int[size];
    for (int i = 0; i < size; i++) {
      limits[i] = layout.radix((i / stride) % slots);
    }
    return limits;
  }

  private static int[] index(int flat, int[] shape) {
    int[] index = new int[shape.length];
    int rest = flat;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return index;
  }
}
