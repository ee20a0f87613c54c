package org.tessera.model.bundle;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One front-end step of a manifest: a name and its parameters, in the form they are written.
 *
 * @param name the step, e.g. {@code resize_center_crop}
 * @param parameters numbers ({@link Number}), strings, booleans, and lists and maps (steps of a
 *     branch) of these, by name
 */
public record Step(String name, SortedMap<String, Object> parameters) {
  public Step {
    parameters = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }
}
