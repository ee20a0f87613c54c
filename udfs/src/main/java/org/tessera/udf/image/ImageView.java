package org.tessera.udf.image;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.image.codec.Raster;

/**
 * Pixels between two steps and how they came from the source. Immutable.
 *
 * @param raster the pixels
 * @param geometry what was done, as JSON values by name
 */
record ImageView(Raster raster, SortedMap<String, Object> geometry) {
  ImageView {
    geometry = Collections.unmodifiableSortedMap(new TreeMap<>(geometry));
  }

  /** The view of a decoded file. */
  static ImageView of(Raster raster) {
    SortedMap<String, Object> geometry = new TreeMap<>();
    geometry.put("source_width", raster.width());
    geometry.put("source_height", raster.height());
    return new ImageView(raster, geometry);
  }

  /** The same history with other pixels. */
  ImageView with(Raster changed) {
    return new ImageView(changed, geometry);
  }

  /** The same view with one more fact. */
  ImageView note(String name, Object value) {
    SortedMap<String, Object> more = new TreeMap<>(geometry);
    more.put(name, value);
    return new ImageView(raster, more);
  }
}
