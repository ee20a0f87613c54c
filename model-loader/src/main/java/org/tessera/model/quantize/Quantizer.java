package org.tessera.model.quantize;

/**
 * The reference form of a quantizer: plain Java, 32-bit floats, ties to the lowest index. Immutable
 * and thread-safe. The graph form runs in production; this one is its oracle.
 */
public interface Quantizer {
  /** The length of one latent vector. */
  int dimensions();

  /** The number of ids that one vector becomes: levels, groups or channels; 1 for plain VQ. */
  int idsPerVector();

  /** The number of codes of each id slot; ids are 0-based and smaller. */
  int[] radices();

  /**
   * Quantizes vectors.
   *
   * @param vectors {@code count × dimensions}, row-major
   * @param ids receives {@code count × idsPerVector}, row-major
   * @param errors receives the mean squared error in the quantizer's space after each id slot,
   *     {@code count × idsPerVector}; or null
   */
  void encode(float[] vectors, int count, int[] ids, float[] errors);

  /** Whether ids can be turned back into vectors. */
  boolean decodable();

  /**
   * Dequantizes ids.
   *
   * @param ids {@code count × idsPerVector}; -1 drops a level where the family has levels
   * @param vectors receives {@code count × dimensions}
   * @throws UnsupportedOperationException when not {@link #decodable}
   */
  void decode(int[] ids, int count, float[] vectors);
}
