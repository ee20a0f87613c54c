package org.tessera.model.quantize;

import java.util.Map;
import java.util.SortedSet;
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
  private static final Map<String, Function<SpecReader, FamilyQuantizer>> FAMILIES =
      Map.ofEntries(
          Map.entry("vq", VectorQuantizer::read),
          Map.entry("residual", ResidualQuantizer::read),
          Map.entry("product", ProductQuantizer::read),
          Map.entry("parallel", ParallelQuantizer::read),
          Map.entry("projected", ProjectedQuantizer::read),
          Map.entry("multi_scale", MultiScaleQuantizer::read),
          Map.entry("fsq", FiniteScalarQuantizer::read),
          Map.entry("lfq", SignQuantizer::readLookupFree),
          Map.entry("bsq", SignQuantizer::readSpherical),
          Map.entry("binary", BinaryQuantizer::read),
          Map.entry("argmax", ArgmaxQuantizer::read),
          Map.entry("random_projection", RandomProjectionQuantizer::read),
          Map.entry("normal_bins", NormalBinQuantizer::read),
          Map.entry("uniform_bins", UniformBinQuantizer::read),
          Map.entry("mu_law", MuLawQuantizer::read),
          Map.entry("spline_bins", SplineQuantizer::read));

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
    if (!FAMILIES.containsKey(spec.family())) {
      throw new IllegalArgumentException("Cannot use quantizer family " + unknown(spec.family()));
    }
    SpecReader reader = new SpecReader(spec, tensors);
    FamilyQuantizer quantizer = read(reader);
    reader.throwProblems();
    return quantizer;
  }

  /**
   * The quantizer of the first ids of a vector, which computes no more than they need: levels of a
   * residual or parallel quantizer, scales of a multi-scale one.
   *
   * @param count how many ids, from 1 to {@link Quantizer#idsPerVector}
   * @throws IllegalArgumentException when the first ids mean nothing alone
   */
  public static Quantizer first(Quantizer quantizer, int count) {
    return ((FamilyQuantizer) quantizer).first(count);
  }

  /** The names of all families. */
  public static SortedSet<String> families() {
    return new TreeSet<>(FAMILIES.keySet());
  }

  /** Reads one quantizer, maybe inside another; null after a problem. */
  static FamilyQuantizer read(SpecReader reader) {
    Function<SpecReader, FamilyQuantizer> family = FAMILIES.get(reader.family());
    if (family == null) {
      reader.problem("family: " + unknown(reader.family()));
      return null;
    }
    return family.apply(reader);
  }

  private static String unknown(String family) {
    return family + " (" + Suggestions.of(family, families()) + ")";
  }
}
