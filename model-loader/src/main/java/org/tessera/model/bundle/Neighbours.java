package org.tessera.model.bundle;

import java.util.Optional;

/**
 * Optional outputs beside the ids: the several best codes of each id, and ids perturbed among them.
 *
 * @param count how many codes of each id, best first; the first is the id
 * @param perturb how ids are perturbed; empty when they are not
 */
public record Neighbours(int count, Optional<Perturb> perturb) {
  /**
   * How ids are perturbed among their best codes (RobustTok, "latent perturbation").
   *
   * @param alpha the probability that an id of a perturbed sample is drawn anew, 0 to 1
   * @param beta the probability that a sample is perturbed, 0 to 1
   * @param seed the seed
   */
  public record Perturb(double alpha, double beta, long seed) {}
}
