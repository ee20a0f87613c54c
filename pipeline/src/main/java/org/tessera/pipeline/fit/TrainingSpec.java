package org.tessera.pipeline.fit;

import java.util.Locale;

/**
 * How a quantizer is learned. Immutable and thread-safe.
 *
 * @param maxVectors the most vectors that are learned from; inputs are taken in the order of a hash
 *     of their uri until there are as many
 * @param vectorsPerSample the most vectors taken from one sample, chosen by hash
 * @param passes how often k-means goes through the vectors, for each codebook
 * @param miniBatches into how many parts a pass is cut, each followed by an update; 1 is Lloyd's
 *     algorithm
 * @param seeding how the first codes are chosen
 * @param seed decides every random choice
 * @param block how many vectors are multiplied with a codebook at once
 * @param maxRejectRate the largest share of samples that may be bad
 */
public record TrainingSpec(
    int maxVectors,
    int vectorsPerSample,
    int passes,
    int miniBatches,
    Seeding seeding,
    long seed,
    int block,
    double maxRejectRate) {
  /** How the first codes of a codebook are chosen. */
  public enum Seeding {
    /** Vectors chosen by hash. */
    RANDOM,
    /**
     * A few rounds that draw vectors with probability proportional to their squared distance from
     * those drawn before; where the codebook is small enough, the drawn vectors are then chosen
     * from by greedy k-means++ (Bahmani et al.: Scalable K-Means++, VLDB 2012).
     */
    KMEANS_PARALLEL,
    /**
     * Greedy k-means++ with all its trials, among many vectors a code: a lower error for a time
     * that grows with the square of the number of codes.
     */
    KMEANS_PLUSPLUS;

    /** The most codes that k-means++ is made for. */
    static final int MOST_PLUSPLUS = 1 << 14;

    /** The name in specifications, e.g. {@code kmeans_parallel}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The same with another number of passes. */
  TrainingSpec withPasses(int newPasses) {
    return new TrainingSpec(
        maxVectors, vectorsPerSample, newPasses, miniBatches, seeding, seed, block, maxRejectRate);
  }
}
