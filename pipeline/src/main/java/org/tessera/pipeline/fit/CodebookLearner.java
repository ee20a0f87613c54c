package org.tessera.pipeline.fit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.tessera.model.npy.NpyArray;

/** Learns the families whose codes come from k-means. Not thread-safe. */
final class CodebookLearner {
  private final FitSpec spec;
  private final FitState state;
  private final FitListener listener;
  private final Consumer<PassReport> passes;

  CodebookLearner(FitSpec spec, FitState state, FitListener listener, Consumer<PassReport> passes) {
    this.spec = spec;
    this.state = state;
    this.listener = listener;
    this.passes = passes;
  }

  /**
   * Learns the codebooks; the vectors stay open.
   *
   * @throws FitException when the vectors cannot support them
   */
  LearnedTokenizer.Inner learn(VectorBlocks vectors) {
    return switch (spec.quantizer().family()) {
      case VQ -> inner("vq", residual(vectors), Map.of());
      case RESIDUAL -> inner("residual", residual(vectors), Map.of());
      case PRODUCT -> inner("product", product(vectors), Map.of("packing", "unpacked"));
      case FSQ, LFQ, QUANTILES, MINMAX, RANDOM_PROJECTION ->
          throw new IllegalArgumentException(
              "Cannot cluster for " + spec.quantizer().family().id());
    };
  }

  private static LearnedTokenizer.Inner inner(
      String family, List<Codebook> codebooks, Map<String, Object> more) {
    SortedMap<String, NpyArray> tensors = new TreeMap<>();
    List<String> names = new ArrayList<>();
    for (Codebook codebook : codebooks) {
      String name = "codebooks/" + names.size() + ".npy";
      names.add(name);
      tensors.put(name, NpyArray.of(codebook.values(), codebook.codes(), codebook.dimensions()));
    }
    SortedMap<String, Object> parameters = new TreeMap<>(more);
    parameters.putAll(Map.of("metric", "euclidean", "normalise", "none", "dequantise", "stored"));
    if (family.equals("vq")) {
      parameters.put("codebook", names.get(0));
    } else {
      parameters.put("codebooks", names);
    }
    return new LearnedTokenizer.Inner(family, parameters, tensors);
  }

  private List<Codebook> residual(VectorBlocks vectors) {
    return residual(vectors, spec.quantizer().codes(), this::kmeans);
  }

  /** Learns each codebook on what the ones before it left over; the vectors stay open. */
  static List<Codebook> residual(
      VectorBlocks vectors, List<Integer> sizes, BiFunction<VectorBlocks, Integer, KMeans> kmeans) {
    List<Codebook> codebooks = new ArrayList<>();
    VectorBlocks rest = vectors;
    for (int level = 0; level < sizes.size(); level++) {
      KMeans learner = kmeans.apply(rest, level);
      codebooks.add(learner.learn(sizes.get(level)));
      VectorBlocks before = rest;
      rest = level + 1 < sizes.size() ? learner.leftOver(codebooks.get(level)) : vectors;
      if (before != vectors) {
        before.close();
      }
    }
    return codebooks;
  }

  /** One codebook for each run of neighbouring dimensions. */
  private List<Codebook> product(VectorBlocks vectors) {
    List<Integer> sizes = spec.quantizer().codes();
    int length = groupLength(vectors.dimensions(), sizes.size());
    List<Codebook> codebooks = new ArrayList<>();
    for (int codes : sizes) {
      int group = codebooks.size();
      try (VectorBlocks own = vectors.map(new Slice(group * length, length), length)) {
        codebooks.add(kmeans(own, group).learn(codes));
      }
    }
    return codebooks;
  }

  /** The length of each of some equal groups of dimensions. */
  static int groupLength(int dimensions, int groups) {
    if (dimensions % groups != 0) {
      throw new FitException(
          FitException.Kind.DATA,
          "Cannot cut vectors of "
              + dimensions
              + " dimensions into "
              + groups
              + " equal groups (change learn.transform.dimensions)");
    }
    return dimensions / groups;
  }

  private KMeans kmeans(VectorBlocks vectors, int number) {
    listener.stage("learning codebook " + (number + 1) + " of " + spec.quantizer().codes().size());
    return new KMeans(vectors, spec.training(), number, state, passes);
  }
}
