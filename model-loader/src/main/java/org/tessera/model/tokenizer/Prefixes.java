package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.tessera.model.bundle.Prefix;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;

/** Keeping only the first n ids along the axis that a manifest allows. */
public final class Prefixes {
  private Prefixes() {}

  /**
   * The manifest with a layout that is cut to the first n ids.
   *
   * @throws IllegalArgumentException when the manifest has no such prefix
   */
  public static TokenizerManifest cut(TokenizerManifest manifest, OptionalInt keep) {
    if (keep.isEmpty()) {
      return manifest;
    }
    int ids = keep.getAsInt();
    Prefix prefix =
        manifest
            .prefix()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Cannot keep "
                            + ids
                            + " ids of tokenizer "
                            + manifest.name()
                            + ": its manifest declares no prefix (its first ids mean nothing"
                            + " alone)"));
    TokenLayout layout = manifest.layout();
    int axis = layout.axes().indexOf(prefix.axis());
    int all = layout.shape().get(axis);
    if (ids < prefix.minimum() || (all >= 0 && ids > all)) {
      throw new IllegalArgumentException(
          "Cannot keep "
              + ids
              + " ids along "
              + prefix.axis()
              + " of tokenizer "
              + manifest.name()
              + " (choose "
              + prefix.minimum()
              + " to "
              + (all < 0 ? "any" : all)
              + ")");
    }
    List<Integer> shape = new ArrayList<>(layout.shape());
    // Where the extent varies by sample, a sample may have fewer than n.
    shape.set(axis, all < 0 ? -1 : ids);
    boolean slots = prefix.axis().equals(layout.slotAxis()) && layout.radices().size() > 1;
    List<Integer> radices = slots ? layout.radices().subList(0, ids) : layout.radices();
    TokenLayout cut =
        new TokenLayout(
            layout.axes(), shape, radices, layout.slotAxis(), scales(layout, axis, ids));
    return manifest.toBuilder().layout(cut).build();
  }

  /** What is left of the scales of a pyramid or the groups of a sequence; the last may be cut. */
  private static List<Integer> scales(TokenLayout layout, int axis, int ids) {
    boolean along = layout.axes().size() == 1 || layout.axes().get(axis).equals("position");
    List<Integer> kept = new ArrayList<>();
    int left = ids;
    for (int positions : layout.scales()) {
      if (along && left > 0) {
        kept.add(Math.min(positions, left));
        left -= Math.min(positions, left);
      }
    }
    return along ? kept : layout.scales();
  }
}
