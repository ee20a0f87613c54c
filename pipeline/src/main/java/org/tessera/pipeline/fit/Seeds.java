package org.tessera.pipeline.fit;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses the first codes of a codebook. Not thread-safe.
 *
 * <p>{@code kmeans_parallel} draws in rounds that double, each with probability proportional to the
 * squared distance from all drawn before. Up to {@value #MOST_CHOSEN} codes, three times as many
 * are drawn, and {@link PlusPlus} chooses among them; above that, the drawn ones are the codes.
 */
final class Seeds {
  private static final int MOST_CHOSEN = 4096;
  private static final int ROUNDS = 4;

  private final VectorBlocks blocks;
  private final ClusterPass.Scales scales;
  private final long seed;

  Seeds(VectorBlocks blocks, ClusterPass.Scales scales, long seed) {
    this.blocks = blocks;
    this.scales = scales;
    this.seed = seed;
  }

  /**
   * The first codes.
   *
   * @throws FitException when there are fewer distinct vectors than codes
   */
  Codebook choose(int codes, TrainingSpec.Seeding seeding) {
    if (seeding == TrainingSpec.Seeding.RANDOM) {
      List<float[]> drawn = distinct(UniformDraw.of(blocks, seed, codes + codes / 4 + 64));
      if (drawn.size() >= codes) {
        return codebook(drawn.subList(0, codes));
      }
    }
    boolean choice = codes <= MOST_CHOSEN;
    List<float[]> drawn = draw(choice ? 3 * codes : codes, codes);
    if (!choice) {
      return codebook(drawn.subList(0, codes));
    }
    long[] weights = weights(drawn);
    return new PlusPlus(drawn, weights).choose(codes, Hashing.mix(seed, "choose"));
  }

  private List<float[]> draw(int wanted, int least) {
    List<float[]> drawn = new ArrayList<>(UniformDraw.of(blocks, seed, 1));
    for (int round = 0; drawn.size() < wanted; round++) {
      int after = round < ROUNDS ? wanted >> (ROUNDS - 1 - round) : wanted;
      int number = Math.max(1, after - drawn.size());
      ClusterPass pass =
          new ClusterPass(
              codebook(drawn),
              scales,
              ClusterPass.Collect.NOTHING,
              new ClusterPass.Draw(Hashing.mix(seed, round + 1), number),
              ClusterPass.Share.ALL);
      ClusterPass.Totals totals = (ClusterPass.Totals) blocks.fold(pass).get(ClusterPass.TOTALS);
      List<float[]> before = List.copyOf(drawn);
      drawn.addAll(totals.draws().vectors());
      drawn = distinct(drawn);
      if (drawn.size() == before.size()) {
        break;
      }
    }
    if (drawn.size() < least) {
      throw new FitException(
          FitException.Kind.DATA,
          "Cannot learn "
              + least
              + " codes from "
              + drawn.size()
              + " distinct vectors (lower the number of codes or give more data)");
    }
    return drawn;
  }

  private long[] weights(List<float[]> drawn) {
    Codebook codebook = codebook(drawn);
    ClusterPass pass =
        new ClusterPass(
            codebook,
            scales,
            ClusterPass.Collect.COUNTS,
            ClusterPass.Draw.NONE,
            ClusterPass.Share.ALL);
    return KMeans.counts(blocks.fold(pass), codebook);
  }

  private static List<float[]> distinct(List<float[]> vectors) {
    Map<FloatBuffer, float[]> seen = new LinkedHashMap<>();
    vectors.forEach(vector -> seen.putIfAbsent(FloatBuffer.wrap(vector), vector));
    return new ArrayList<>(seen.values());
  }

  private static Codebook codebook(List<float[]> vectors) {
    int dimensions = vectors.get(0).length;
    float[] values = new float[vectors.size() * dimensions];
    for (int i = 0; i < vectors.size(); i++) {
      System.arraycopy(vectors.get(i), 0, values, i * dimensions, dimensions);
    }
    return new Codebook(vectors.size(), values);
  }
}
