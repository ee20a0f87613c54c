package org.tessera.model.bundle;

import java.util.Locale;

/**
 * How a tokenizer's randomness is tamed. Random operations in a served signature without the policy
 * {@link Policy#SEED} are refused by the bundle's verification. Immutable and thread-safe.
 *
 * @param policy what the author declares
 * @param seed the number fed to the input role {@code seed}; only for {@link Policy#SEED}
 */
public record Randomness(Policy policy, long seed) {
  /** Nothing random in the encoder. */
  public static final Randomness NONE = new Randomness(Policy.NONE, 0);

  /** What the author of a bundle declares. */
  public enum Policy {
    /** The encoder was never random. */
    NONE,
    /** The encoder samples in training; this export takes the mode or the highest score instead. */
    MODE,
    /** The encoder draws from a generator that is a function of its input {@code seed} alone. */
    SEED;

    /** The name in manifests, e.g. {@code seed}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
