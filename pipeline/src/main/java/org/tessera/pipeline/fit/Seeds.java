package org.tessera.pipeline.fit;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses the first codes of a codebook. Not thread-safe.
 *
 * <p>Up to {@value #MOST_CHOSEN} codes, {@code kmeans_parallel} leaves the choice to {@link
 * PlusPlus} among {@value #CHOSEN_FROM} vectors a code, drawn with equal probabilities, with as
 * many trials as take little time; {@code kmeans_plusplus} leaves it to the same among {@value
 * #CHOSEN_FROM_AT_LENGTH}, with all trials. Above that, and where these are too few distinct ones,
 * the codes are drawn in rounds that double, each with probability proportional to the squared
 * distance from all drawn before. This looks at a share of the blocks that holds about {@value
 * #VECTORS_PER_CODE} vectors a code, and at all of them where that share is too poor.
 */
final class Seeds {
  private static final int MOST_CHOSEN = 1024;
  private static final int CHOSEN_FROM = 8;
  private static final double QUICK = 1.5e8;
  private static final int CHOSEN_FROM_AT_LENGTH = 64;

  /**
   * Values of vectors to choose from, at most (64 MB), unless those of {@value #CHOSEN_FROM}
   * vectors a code are more. Each task that draws holds as many, the driver twice as many. Not a
   * share of the heap: what is learned must not depend on it.
   */
  private static final long MOST_VALUES = 1L << 24;

  private static final int ROUNDS = 4;
  private static final int VECTORS_PER_CODE = 12;
  private static final int LEAST_VECTORS = 1 << 14;

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
    boolean atLength = seeding == TrainingSpec.Seeding.KMEANS_PLUSPLUS;
    if (atLength || codes <= MOST_CHOSEN) {
      int number = atLength ? many(codes) : CHOSEN_FROM * codes;
      PlusPlus plusPlus =
          new PlusPlus(
              UniformDraw.of(blocks, seed, number), atLength ? Double.POSITIVE_INFINITY : QUICK);
      Optional<Codebook> chosen = plusPlus.choose(codes, Hashing.mix(seed, "choose"));
      if (chosen.isPresent()) {
        return chosen.get();
      }
    }
    long enough = Math.max(LEAST_VECTORS, (long) VECTORS_PER_CODE * codes);
    int of = (int) Math.max(1, blocks.count() / enough);
    List<float[]> drawn = draw(codes, new ClusterPass.Share(Hashing.mix(seed, "seeds"), 0, of));
    if (drawn.size() < codes && of > 1) {
      drawn = draw(codes, ClusterPass.Share.ALL);
    }
    if (drawn.size() < codes) {
      throw new FitException(
          FitException.Kind.DATA,
          "Cannot learn "
              + codes
              + " codes from "
              + drawn.size()
              + " distinct vectors (lower the number of codes or give more data)");
    }
    return codebook(drawn.subList(0, codes));
  }

  private int many(int codes) {
    long most = Math.max((long) CHOSEN_FROM * codes, MOST_VALUES / blocks.dimensions());
    return (int) Math.min((long) CHOSEN_FROM_AT_LENGTH * codes, most);
  }

  /** Distinct vectors: as many as wanted or some more, or all that the share holds. */
  private List<float[]> draw(int wanted, ClusterPass.Share share) {
    List<float[]> drawn = new ArrayList<>(UniformDraw.of(blocks, seed, 1));
    boolean grows = true;
    for (int round = 0; drawn.size() < wanted && grows; round++) {
      int after = round < ROUNDS ? wanted >> (ROUNDS - 1 - round) : wanted;
      int number = Math.max(1, after - drawn.size());
      if (after == wanted) {
        // Some are equal: a few more, lest one code costs a round.
        number += number / 32 + 8;
      }
      ClusterPass pass =
          new ClusterPass(
              codebook(drawn),
              scales,
              ClusterPass.Collect.NOTHING,
              new ClusterPass.Draw(Hashing.mix(seed, round + 1), number),
              share);
      ClusterPass.Totals totals = (ClusterPass.Totals) blocks.fold(pass).get(ClusterPass.TOTALS);
      int before = drawn.size();
      drawn.addAll(totals.draws().vectors());
      drawn = distinct(drawn);
      grows = drawn.size() > before;
    }
    return drawn;
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
