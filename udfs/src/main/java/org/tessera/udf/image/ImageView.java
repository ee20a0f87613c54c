package org.tessera.udf.image;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.image.codec.Raster;

/**
 * Pixels between two steps and how they came from the source. Immutable.
 *
 * @param raster the pixels
 * @param geometry what was done, as JSON values by name
 * @param inputs the model's inputs beside the pixels, by role
 */
record ImageView(
    Raster raster, SortedMap<String, Object> geometry, SortedMap<String, Features> inputs) {
  ImageView {
    geometry = Collections.unmodifiableSortedMap(new TreeMap<>(geometry));
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
  }

  /** The view of a decoded file. */
  static ImageView of(Raster raster) {
    SortedMap<String, Object> geometry = new TreeMap<>();
    geometry.put("source_width", raster.width());
    geometry.put("source_height", raster.height());
    return new ImageView(raster, geometry, Collections.emptySortedMap());
  }

  /** The same history with other pixels. */
  ImageView with(Raster changed) {
    return new ImageView(changed, geometry, inputs);
  }

  /** The same view with one more fact. */
  ImageView note(String name, Object value) {
    SortedMap<String, Object> more = new TreeMap<>(geometry);
    more.put(name, value);
    return new ImageView(raster, more, inputs);
  }

  /** The same view with one more input. */
  ImageView with(String role, Features input) {
    SortedMap<String, Features> more = new TreeMap<>(inputs);
    more.put(role, input);
    return new ImageView(raster, geometry, more);
  }
}
