package org.tessera.model.bundle;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How latents become ids, as a manifest says it. {@code org.tessera.model.quantize} gives it
 * meaning.
 *
 * @param family the quantizer family, e.g. {@code residual}
 * @param parameters every switch of the family by name, in the form they are written
 */
public record QuantizerSpec(String family, SortedMap<String, Object> parameters) {
  public QuantizerSpec {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }
}
