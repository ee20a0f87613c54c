package org.tessera.model.tokenizer;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.npy.FloatTensor;

/**
 * Which ids a sample may hold: at each place those of its codebook and, where dropped ids are
 * marked, behind the first n along the prefix axis only the prefix's fill, with the same n
 * everywhere in the sample. Immutable and thread-safe.
 */
public final class IdRules {
  private final TokenLayout layout;
  private final OptionalInt fill;
  private final int axis;
  private final int minimum;

  private IdRules(TokenLayout layout, OptionalInt fill, int axis, int minimum) {
    this.layout = layout;
    this.fill = fill;
    this.axis = axis;
    this.minimum = minimum;
  }

  /**
   * The rules of a tokenizer's rows. Rows may hold the fill when its model returns it, or its
   * quantizer marks the levels that it drops; not along an axis of which the model says itself what
   * it keeps.
   */
  public static IdRules of(TokenizerManifest manifest) {
    TokenLayout layout = manifest.layout();
    int axis = manifest.prefix().map(prefix -> layout.axes().indexOf(prefix.axis())).orElse(-1);
    int marked =
        manifest.output() == ModelOutput.IDS
            ? 1
            : marked(manifest.quantizer().map(QuantizerSpec::parameters).orElse(null));
    boolean told = manifest.lengthsVary() && axis == layout.axes().size() - 1;
    if (axis < 0 || marked == 0 || told) {
      return new IdRules(layout, OptionalInt.empty(), axis, 0);
    }
    int minimum = Math.max(marked, manifest.prefix().get().minimum());
    return new IdRules(layout, manifest.prefix().get().fill(), axis, minimum);
  }

  /** At least how many levels are there where others are marked; 0 when none are. */
  private static int marked(Object parameters) {
    if (parameters instanceof Map<?, ?> map) {
      if ("mark".equals(map.get("dropped"))) {
        return map.get("levels") instanceof Number levels ? levels.intValue() : 1;
      }
      return marked(map.values());
    }
    return parameters instanceof Collection<?> parts
        ? parts.stream().mapToInt(IdRules::marked).max().orElse(0)
        : 0;
  }

  /**
   * What is wrong with the ids of one sample; the first thing only.
   *
   * @param ids row-major, the sample's own begin at {@code from}
   * @param shape the sample's extents
   * @param stays which of the sample's flat indices count; what stands elsewhere is no id
   */
  public Optional<String> problem(int[] ids, int from, int[] shape, IntPredicate stays) {
    int slots = layout.slots(shape);
    boolean one = layout.radices().size() == 1;
    if (!one && slots != layout.radices().size()) {
      return Optional.of(
          String.format(
              "has %d slots along %s, but the layout gives %d radices",
              slots, layout.slotAxis(), layout.radices().size()));
    }
    int slotStride = layout.slotStride(shape);
    int stride = Arrays.stream(shape).skip(axis + 1).reduce(1, (a, b) -> a * b);
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    int dropped = -1;
    int last = -1;
    for (int i = 0; i < size; i++) {
      if (!stays.test(i)) {
        continue;
      }
      int id = ids[from + i];
      int radix = layout.radix(one ? 0 : i / slotStride % slots);
      if (id >= 0 && id < radix) {
        last = fill.isPresent() && place(i, stride, shape) > place(last, stride, shape) ? i : last;
      } else if (fill.isEmpty() || id != fill.getAsInt()) {
        return Optional.of(
            String.format(
                "has the id %d at %s, but the layout %s allows 0 to %d there",
                id, Arrays.toString(FloatTensor.index(i, shape)), layout.axes(), radix - 1));
      } else if (dropped < 0 || place(i, stride, shape) < place(dropped, stride, shape)) {
        dropped = i;
      }
    }
    int first = place(dropped, stride, shape);
    if (dropped < 0 || first >= minimum && first > place(last, stride, shape)) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            "has the id %d of a dropped one at %s, but along %s the first ids stay, everywhere as"
                + " many and at least %d",
            ids[from + dropped],
            Arrays.toString(FloatTensor.index(dropped, shape)),
            layout.axes().get(axis),
            minimum));
  }

  /** The index along the prefix axis; -1 for none. */
  private int place(int flat, int stride, int[] shape) {
    return flat < 0 ? -1 : flat / stride % shape[axis];
  }
}
