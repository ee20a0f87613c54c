package org.tessera.jobs.systems;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.TensorFiles;
import org.tessera.model.quantize.Quantizer;

/**
 * Counts ids that one side chose otherwise than another. At the first level that differs, both must
 * have chosen the nearest code of their own features, as well as 32-bit floats can tell. What
 * follows is the quantization of another rest.
 */
final class Misses {
  /**
   * How well 32-bit floats tell distances apart, as a share of the squares that {@code ‖z‖² - 2 z·e
   * + ‖e‖²} is made of: eight units in the last place.
   */
  private static final double RESOLUTION = 1e-6;

  private final Quantizer quantizer;
  private final List<Projection> projections;
  private final List<Stream> streams;

  /** How many values each dimension of a finite scalar quantizer has; 0 for other quantizers. */
  private final int values;

  /** By how much a finite scalar quantizer squashes less than to its outermost values. */
  private final double epsilon;

  private int ids;
  private int different;
  private int choices;
  private double farthest;
  private double margin;

  Misses(Quantizer quantizer, TokenizerManifest manifest, Path bundle) {
    this.quantizer = quantizer;
    this.projections = Projection.of(manifest, bundle);
    this.streams = Stream.of(manifest, bundle);
    QuantizerSpec spec = manifest.quantizer().orElseThrow();
    this.values = values(spec);
    this.epsilon = ((Number) spec.parameters().getOrDefault("epsilon", 1e-3)).doubleValue();
  }

  private static int values(QuantizerSpec quantizer) {
    if (!quantizer.family().equals("fsq")) {
      return 0;
    }
    List<?> levels = (List<?>) quantizer.parameters().get("levels");
    int first = ((Number) levels.get(0)).intValue();
    assertThat(levels).allMatch(level -> ((Number) level).intValue() == first);
    return first;
  }

  /** Ids by vector, all of a vector together. */
  void count(float[] theirLatents, float[] ourLatents, int[] theirs, int[] ours) {
    int slots = quantizer.idsPerVector();
    farthest = Math.max(farthest, difference(theirLatents, ourLatents));
    ids += theirs.length;
    for (int i = 0; i < theirs.length / slots; i++) {
      int[] their = Arrays.copyOfRange(theirs, i * slots, (i + 1) * slots);
      int[] our = Arrays.copyOfRange(ours, i * slots, (i + 1) * slots);
      int level = Arrays.mismatch(their, our);
      if (level < 0) {
        continue;
      }
      choices++;
      for (int slot = level; slot < slots; slot++) {
        different += their[slot] == our[slot] ? 0 : 1;
      }
      assertThat(quantizer.droppable() || slots == 1 || !streams.isEmpty()).isTrue();
      double theirExcess = excess(theirLatents, i, their, our, level);
      double ourExcess = excess(ourLatents, i, our, their, level);
      String place = "vector " + i + " at level " + level;
      assertThat(theirExcess).as("the package's choice for %s", place).isLessThan(RESOLUTION);
      assertThat(ourExcess).as("our choice for %s", place).isLessThan(RESOLUTION);
      margin = Math.max(margin, excess(theirLatents, i, our, their, level));
    }
  }

  /** Whether vectors are compared behind 32-bit products, whose order of addition is not told. */
  boolean projects() {
    return !streams.isEmpty() || !projections.isEmpty();
  }

  int ids() {
    return ids;
  }

  int different() {
    return different;
  }

  /** Vectors of which an id differs: the first level that does decides, the later ones follow. */
  int choices() {
    return choices;
  }

  /** By how much a code that we chose was farther than the package's, at most; 0 where nearer. */
  double margin() {
    return margin;
  }

  /** The largest difference of the features, as a share of the largest feature of its file. */
  double farthest() {
    return farthest;
  }

  private static double difference(float[] one, float[] other) {
    assertThat(other).hasSameSizeAs(one);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < one.length; i++) {
      difference = Math.max(difference, Math.abs((double) one[i] - other[i]));
      largest = Math.max(largest, Math.abs(one[i]));
    }
    return difference / largest;
  }

  /** By how much the chosen code is farther than the other one. */
  private double excess(float[] latents, int vector, int[] chosen, int[] other, int level) {
    return distance(latents, vector, chosen, level).excess(distance(latents, vector, other, level));
  }

  /** The distance that the level's code was chosen by. */
  private Distance distance(float[] latents, int vector, int[] ids, int level) {
    int d = quantizer.dimensions();
    for (Stream stream : streams) {
      if (level < stream.first + stream.levels) {
        return stream.distance(latents, vector * d, ids, level);
      }
    }
    if (values > 0) {
      return rounded(latents, vector * d, ids[level]);
    }
    double[] before = decoded(ids, 0, level);
    double[] rest = new double[d];
    for (int j = 0; j < d; j++) {
      rest[j] = latents[vector * d + j] - before[j];
    }
    return projections.isEmpty()
        ? Distance.of(rest, decoded(ids, level, level + 1))
        : projections.get(level).distance(rest, ids[level]);
  }

  /**
   * How a finite scalar quantizer chooses (Mentzer et al. 2023): each tanh of itself is rounded.
   */
  private Distance rounded(float[] latents, int from, int id) {
    double half = (values - 1) * (1 + epsilon) / 2;
    double offset = values % 2 == 0 ? 0.5 : 0;
    double shift = atanh(offset / half);
    double[] bounded = new double[quantizer.dimensions()];
    double[] digits = new double[bounded.length];
    for (int i = 0; i < bounded.length; i++) {
      bounded[i] = Math.tanh(latents[from + i] + shift) * half - offset;
      digits[i] = id % values - values / 2;
      id /= values;
    }
    return Distance.of(bounded, digits);
  }

  private static double atanh(double x) {
    return Math.log((1 + x) / (1 - x)) / 2;
  }

  /** What the ids from one level to before another stand for. */
  private double[] decoded(int[] ids, int from, int to) {
    int[] kept = ids.clone();
    float[] found = new float[quantizer.dimensions()];
    if (kept.length > 1) {
      Arrays.fill(kept, 0, from, -1);
      Arrays.fill(kept, to, kept.length, -1);
    }
    if (to > from) {
      quantizer.decode(kept, 1, found);
    }
    double[] wide = new double[found.length];
    Arrays.setAll(wide, j -> found[j]);
    return wide;
  }

  @Override
  public String toString() {
    return String.format(
        "%d differ, by %d choices of margin %.1e; features %.1e",
        different, choices, margin, farthest);
  }

  /** How DAC chooses a level's code: by the cosine behind a linear map. */
  private record Projection(FloatTensor map, FloatTensor bias, FloatTensor codebook) {
    /** One a level; none for quantizers that compare the vectors themselves. */
    static List<Projection> of(TokenizerManifest manifest, Path bundle) {
      Object parts = manifest.quantizer().orElseThrow().parameters().get("parts");
      if (!manifest.quantizer().orElseThrow().family().equals("residual") || parts == null) {
        return List.of();
      }
      Function<String, FloatTensor> tensors = TensorFiles.in(bundle);
      return ((List<?>) parts)
          .stream()
              .map(part -> (Map<?, ?>) part)
              .map(
                  part ->
                      new Projection(
                          tensors.apply((String) part.get("project_in")),
                          tensors.apply((String) part.get("project_in_bias")),
                          tensors.apply((String) ((Map<?, ?>) part.get("inner")).get("codebook"))))
              .toList();
    }

    Distance distance(double[] rest, int id) {
      int d = codebook.extent(1);
      double[] vector = new double[d];
      double[] code = new double[d];
      for (int i = 0; i < d; i++) {
        vector[i] = bias.values()[i];
        for (int j = 0; j < rest.length; j++) {
          vector[i] += map.values()[i * rest.length + j] * rest[j];
        }
        code[i] = codebook.values()[id * d + i];
      }
      double ofVector = Math.sqrt(Distance.squares(vector));
      double ofCode = Math.sqrt(Distance.squares(code));
      for (int i = 0; i < d; i++) {
        vector[i] /= ofVector;
        code[i] /= ofCode;
      }
      return Distance.of(vector, code);
    }
  }

  /** How Mimi chooses a level's code: by the rest of the stream's own projection. */
  private record Stream(FloatTensor map, FloatTensor codebooks, int first, int levels) {
    /** The parts of a parallel quantizer in their order; none for others. */
    static List<Stream> of(TokenizerManifest manifest, Path bundle) {
      if (!manifest.quantizer().orElseThrow().family().equals("parallel")) {
        return List.of();
      }
      Function<String, FloatTensor> tensors = TensorFiles.in(bundle);
      List<Stream> streams = new ArrayList<>();
      int first = 0;
      for (Object of : (List<?>) manifest.quantizer().orElseThrow().parameters().get("parts")) {
        Map<?, ?> part = (Map<?, ?>) of;
        Map<?, ?> inner = (Map<?, ?>) part.get("inner");
        int levels = ((Number) inner.get("levels")).intValue();
        streams.add(
            new Stream(
                tensors.apply((String) part.get("project_in")),
                tensors.apply((String) inner.get("codebooks")),
                first,
                levels));
        first += levels;
      }
      return streams;
    }

    Distance distance(float[] latents, int from, int[] ids, int level) {
      int d = map.extent(0);
      int width = map.extent(1);
      double[] rest = new double[d];
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < width; j++) {
          rest[i] += (double) map.values()[i * width + j] * latents[from + j];
        }
      }
      for (int before = first; before < level; before++) {
        double[] code = code(before, ids[before]);
        Arrays.setAll(rest, i -> rest[i] - code[i]);
      }
      return Distance.of(rest, code(level, ids[level]));
    }

    private double[] code(int level, int id) {
      int d = codebooks.extent(2);
      int start = ((level - first) * codebooks.extent(1) + id) * d;
      double[] code = new double[d];
      Arrays.setAll(code, i -> codebooks.values()[start + i]);
      return code;
    }
  }

  /**
   * A squared distance in 64 bits.
   *
   * @param terms the squares that it is made of
   */
  private record Distance(double value, double terms) {
    static Distance of(double[] vector, double[] code) {
      double sum = 0;
      for (int i = 0; i < vector.length; i++) {
        sum += (vector[i] - code[i]) * (vector[i] - code[i]);
      }
      return new Distance(sum, squares(vector) + squares(code));
    }

    static double squares(double[] values) {
      return Arrays.stream(values).map(value -> value * value).sum();
    }

    /** By how much this is more than another, as a share of the terms; negative when it is less. */
    double excess(Distance other) {
      return (value - other.value) / Math.max(terms, other.terms);
    }
  }
}
