package org.tessera.model.quantize;

/**
 * From latent vectors to ids and back. The methods here are the reference form: plain Java, 32-bit
 * floats, ties to the lowest id. {@link QuantizerGraphs} builds the same quantizer as operations of
 * a TensorFlow graph, which runs in production; the reference is its oracle. Immutable and
 * thread-safe. {@link Quantizers#of} makes one; the families are documented in {@code
 * model-loader/QUANTIZERS.md}.
 *
 * <p>"Vector" is what one row of ids is made from: one latent vector for most families, a whole
 * feature map for the multi-scale family, a whole trajectory for the spline family. {@link
 * #latentShape} tells.
 */
public interface Quantizer {
  /**
   * The trailing axes of the latents that one vector spans, e.g. {@code [D]}, or {@code [height,
   * width, D]} for the multi-scale family. The caller owns the returned copy.
   */
  int[] latentShape();

  /** The number of floats of one vector: the product of {@link #latentShape}. */
  int dimensions();

  /**
   * The trailing axes of what ids decode to: {@link #latentShape} for most families, something else
   * where codes have vectors of their own (logits, bits with an embedding). The caller owns the
   * returned copy.
   */
  int[] decodedShape();

  /** The number of floats that the ids of one vector decode to. */
  int decodedDimensions();

  /**
   * The number of ids that one vector becomes: levels, groups, channels or positions; at least 1.
   */
  int idsPerVector();

  /**
   * The number of codes of each id slot; ids are 0-based and smaller. Its length is {@link
   * #idsPerVector}; the caller owns the returned copy.
   */
  int[] radices();

  /**
   * What the ids of one vector are told apart by: {@code level}, {@code group}, {@code channel},
   * {@code position}; empty when there is one id and the family has no such axis.
   */
  String slotAxis();

  /** Whether -1, a dropped level, is a valid id beside those below the radix. */
  boolean droppable();

  /**
   * The number of errors of one vector: levels or scales for families that refine step by step, one
   * a group or channel for families that split the vector, 1 for one code, 0 where the rule has no
   * error (logits).
   */
  int errorsPerVector();

  /**
   * Quantizes vectors.
   *
   * @param vectors {@code count × dimensions}, row-major
   * @param ids receives {@code count × idsPerVector}, row-major
   * @param errors receives the mean squared error, in the space where the quantizer compares (after
   *     its normalisation), {@code count × errorsPerVector}; or null
   */
  void encode(float[] vectors, int count, int[] ids, float[] errors);

  /** Whether ids can be turned back into vectors. */
  boolean decodable();

  /**
   * Dequantizes ids.
   *
   * @param ids {@code count × idsPerVector}; -1 drops a level where {@link #droppable}
   * @param vectors receives {@code count × decodedDimensions}
   * @throws IllegalArgumentException for an id outside its radix, naming slot, id and radix
   * @throws UnsupportedOperationException when not {@link #decodable}
   */
  void decode(int[] ids, int count, float[] vectors);
}
