package org.tessera.model.quantize;

import java.util.Arrays;

/**
 * The several best codes of a vector, e.g. for latent perturbation. This is the reference form;
 * {@link QuantizerGraphs#neighbours} is the graph form.
 */
public final class CodeNeighbours {
  private static final int MOST = 8192;

  private CodeNeighbours() {}

  /**
   * Ranks codes.
   *
   * @param quantizer one of the family {@code vq}, alone or as the inner one of {@code projected}
   * @param vectors {@code count × dimensions}
   * @param many how many codes of each vector
   * @return {@code count × many} ids, best first, ties by id; the first is what {@link
   *     Quantizer#encode} gives
   * @throws IllegalArgumentException when the quantizer is not of the family {@code vq}, or has
   *     fewer codes, or {@code many} is more than 8192
   */
  public static int[] of(Quantizer quantizer, float[] vectors, int count, int many) {
    Codebook codebook = codebook(quantizer, many);
    if (quantizer instanceof ProjectedQuantizer projected) {
      float[] inner = new float[Math.multiplyExact(count, codebook.dimensions())];
      projected.in().apply(vectors, count, inner);
      return of(projected.inner(), inner, count, many);
    }
    float[] prepared = Arrays.copyOf(vectors, Math.multiplyExact(count, codebook.dimensions()));
    codebook.prepare(prepared, count);
    int[] neighbours = new int[Math.multiplyExact(count, many)];
    for (int i = 0; i < count; i++) {
      System.arraycopy(codebook.best(prepared, i, many), 0, neighbours, i * many, many);
    }
    return neighbours;
  }

  /**
   * Fails where codes cannot be ranked.
   *
   * @throws IllegalArgumentException as {@link #of} does
   */
  public static void check(Quantizer quantizer, int many) {
    codebook(quantizer, many);
  }

  static Codebook codebook(Quantizer quantizer, int many) {
    Quantizer ranked =
        quantizer instanceof ProjectedQuantizer projected ? projected.inner() : quantizer;
    if (!(ranked instanceof VectorQuantizer vq)) {
      throw new IllegalArgumentException(
          "Cannot rank codes: only the family vq has one distance a code");
    }
    int codes = vq.codebook().codes();
    if (many < 1 || many > Math.min(codes, MOST)) {
      throw new IllegalArgumentException(
          "Cannot rank " + many + " codes (give 1 to " + Math.min(codes, MOST) + ")");
    }
    return vq.codebook();
  }
}
