package org.tessera.model.quantize;

import java.util.Optional;
import org.tessera.model.bundle.Neighbours;

/**
 * Ids perturbed among their nearest codes, to train decoders against a generator's errors
 * (RobustTok, "latent perturbation"). A sample is perturbed with probability {@code beta}; in a
 * perturbed sample, each position keeps its nearest code with probability {@code 1 - alpha} and
 * else takes one of the {@code delta} nearest, the nearest included, all alike.
 *
 * <p>The published code perturbs the first {@code ⌊beta·batch⌋} samples of a batch. Here the choice
 * follows from the seed and the sample's key alone, so that it does not depend on batches; the
 * numbers are SplitMix64's output function at {@code seed + mix(key) + draw·γ}. Immutable and
 * thread-safe.
 *
 * @param alpha the probability that a position of a perturbed sample is drawn anew, 0 to 1
 * @param beta the probability that a sample is perturbed, 0 to 1
 * @param delta how many nearest codes a position is drawn from
 * @param seed the seed
 */
public record Perturbation(double alpha, double beta, int delta, long seed) {
  public Perturbation {
    if (!(alpha >= 0 && alpha <= 1 && beta >= 0 && beta <= 1) || delta < 1) {
      throw new IllegalArgumentException(
          "Cannot perturb with alpha "
              + alpha
              + ", beta "
              + beta
              + ", delta "
              + delta
              + " (alpha and beta are probabilities, delta is at least 1)");
    }
  }

  /** What a manifest asks for; empty when its ids are not perturbed. */
  public static Optional<Perturbation> of(Neighbours neighbours) {
    return neighbours
        .perturb()
        .map(it -> new Perturbation(it.alpha(), it.beta(), neighbours.count(), it.seed()));
  }

  /**
   * The perturbed ids of one sample.
   *
   * @param key what tells the sample from others, e.g. a hash of its id
   * @param neighbours {@code positions × delta} ids, nearest first
   */
  public int[] perturb(long key, int[] neighbours) {
    int positions = neighbours.length / delta;
    if (positions * delta != neighbours.length) {
      throw new IllegalArgumentException(
          "Cannot perturb " + neighbours.length + " neighbours (give a multiple of " + delta + ")");
    }
    boolean perturbed = draw(key, 0) < beta;
    int[] ids = new int[positions];
    for (int i = 0; i < positions; i++) {
      boolean anew = perturbed && draw(key, 2L * i + 1) < alpha;
      int rank = anew ? (int) (draw(key, 2L * i + 2) * delta) : 0;
      ids[i] = neighbours[i * delta + rank];
    }
    return ids;
  }

  /** A number from 0 to below 1. */
  private double draw(long key, long number) {
    long z = seed + mix(key) + number * 0x9e3779b97f4a7c15L;
    return (mix(z) >>> 11) * 0x1p-53;
  }

  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
