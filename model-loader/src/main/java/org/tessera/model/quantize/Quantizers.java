package org.tessera.model.quantize;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Suggestions;
import org.tessera.model.npy.FloatTensor;

/**
 * Makes quantizers from their specification. The families and their parameters are documented in
 * {@code model-loader/QUANTIZERS.md}; every switch that changes ids or vectors must be written.
 */
public final class Quantizers {
  private static final Map<String, Function<SpecReader, Quantizer>> FAMILIES =
      Map.of("vq", VectorQuantizer::read, "residual", ResidualQuantizer::read);

  private Quantizers() {}

  /**
   * Makes a quantizer.
   *
   * @param tensors gives the tensors that the specification names, e.g. {@link
   *     org.tessera.model.npy.TensorFiles#in}; it may throw {@link IllegalArgumentException} or
   *     {@link java.io.UncheckedIOException} for a name
   * @throws IllegalArgumentException naming all problems: an unknown family or parameter, a missing
   *     or wrong value, a tensor that is missing, does not fit or holds NaN or infinity
   */
  public static Quantizer of(QuantizerSpec spec, Function<String, FloatTensor> tensors) {
    return read(new SpecReader(spec, tensors));
  }

  /** The names of all families. */
  public static java.util.SortedSet<String> families() {
    return new TreeSet<>(FAMILIES.keySet());
  }

  static Quantizer read(SpecReader reader) {
    Function<SpecReader, Quantizer> family = FAMILIES.get(reader.family());
    if (family == null) {
      throw new IllegalArgumentException(
          "Cannot use quantizer family "
              + reader.family()
              + " ("
              + Suggestions.of(reader.family(), new TreeMap<>(FAMILIES).keySet())
              + ")");
    }
    return family.apply(reader);
  }
}
