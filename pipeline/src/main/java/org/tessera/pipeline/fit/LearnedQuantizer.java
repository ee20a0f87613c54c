package org.tessera.pipeline.fit;

import java.util.List;
import java.util.Locale;

/**
 * The quantizer that a fit learns. Immutable and thread-safe.
 *
 * @param family the family
 * @param codes the number of codes of each id slot: one number for {@code vq}, one a level for
 *     {@code residual}, one a group for {@code product}, one a dimension for {@code fsq}; for
 *     {@code lfq}, {@code quantiles} and {@code minmax} one number that all dimensions share; for
 *     {@code random_projection} one number
 * @param projected the dimensions of the space that {@code random_projection} leads to; 0 for all
 *     other families
 */
public record LearnedQuantizer(Family family, List<Integer> codes, int projected) {
  /** The families that can be learned. */
  public enum Family {
    /** One codebook, learned by k-means. */
    VQ,
    /** Codebooks one after another, each learned by k-means on what the earlier ones left over. */
    RESIDUAL,
    /** The vector is cut into equal groups, each with its own k-means codebook. */
    PRODUCT,
    /** Finite scalar quantization: each dimension has its own small number of levels. */
    FSQ,
    /** Lookup-free quantization: the sign of each dimension is one bit of one id. */
    LFQ,
    /** Each dimension is normalised and put into bins of equal probability of a normal. */
    QUANTILES,
    /** Each dimension is cut into equal bins between its least and its greatest value. */
    MINMAX,
    /**
     * The nearest of random codes in a random projection, both drawn from the seed; it cannot
     * decode (Chiu et al.: BEST-RQ, ICML 2022).
     */
    RANDOM_PROJECTION;

    /** The name in specifications, e.g. {@code residual}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether each dimension is brought to one deviation first. */
    boolean normalised() {
      return this == FSQ || this == LFQ || this == QUANTILES || this == RANDOM_PROJECTION;
    }

    /** Whether codebooks are learned by k-means. */
    boolean clustered() {
      return this == VQ || this == RESIDUAL || this == PRODUCT;
    }
  }

  public LearnedQuantizer {
    codes = List.copyOf(codes);
  }

  /** A quantizer of a family that projects nothing. */
  LearnedQuantizer(Family family, List<Integer> codes) {
    this(family, codes, 0);
  }
}
