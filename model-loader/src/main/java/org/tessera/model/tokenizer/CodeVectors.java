package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.List;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.engine.ModelException;
import org.tessera.model.quantize.Quantizer;

/** The vectors that a quantizer keeps for finished ids. Thread-safe. */
final class CodeVectors {
  private final Quantizer quantizer;
  private final LatentAxes axes;

  /**
   * For one quantizer and layout.
   *
   * @param tokenizer how to call the tokenizer in messages
   * @throws ModelException when they do not fit together, or the quantizer keeps no vectors
   */
  CodeVectors(String tokenizer, TokenLayout layout, Quantizer quantizer) {
    if (!quantizer.decodable()) {
      throw new ModelException(
          "Cannot take features from tokenizer "
              + tokenizer
              + ": its models return ids, and its quantizer keeps no vectors for them (give a"
              + " bundle with output latents or logits)");
    }
    this.quantizer = quantizer;
    this.axes = new LatentAxes(tokenizer, layout, quantizer);
  }

  /** The vectors of a batch's ids, at the ids' positions. */
  Latents of(Codes codes) {
    int[] shape = new int[codes.shape().length + 1];
    shape[0] = codes.batch();
    System.arraycopy(codes.shape(), 0, shape, 1, codes.shape().length);
    int[] ids = codes.ids();
    List<Integer> extents = new ArrayList<>();
    if (axes.hasSlot()) {
      int[] order = Permutation.order(axes.layoutIds(), axes.quantizerIds());
      ids = Permutation.apply(ids, shape, order);
      shape = Permutation.shape(shape, order);
    }
    for (int axis = 1; axis < shape.length - (axes.hasSlot() ? 1 : 0); axis++) {
      extents.add(shape[axis]);
    }
    for (int extent : quantizer.decodedShape()) {
      extents.add(extent);
    }
    int count = ids.length / quantizer.idsPerVector();
    float[] vectors = new float[count * quantizer.decodedDimensions()];
    quantizer.decode(ids, count, vectors);
    return new Latents(
        codes.batch(), vectors, extents.stream().mapToInt(Integer::intValue).toArray());
  }
}
