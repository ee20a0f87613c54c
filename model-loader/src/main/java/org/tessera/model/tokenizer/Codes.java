package org.tessera.model.tokenizer;

/**
 * The ids of a batch. The arrays are not copied: whoever receives it owns it.
 *
 * @param batch the number of samples
 * @param ids row-major over {@code [batch, shape...]}
 * @param shape the extents of one sample's tokens, in the order of the manifest's axes
 * @param errors mean squared error after each level, {@code [batch, levels]}; null when the model
 *     returns only ids
 * @param levels the number of errors per sample; 0 when there are none
 * @param lengths for tokenizers of variable length, how many ids of the last axis each sample
 *     keeps, {@code [batch]}: the first ones, zeros follow; else null
 * @param positions where the model says which positions along the last axis a sample keeps, the
 *     positions of its first {@code lengths} ids in ascending order, {@code [batch, extent of the
 *     last axis]}; else null
 * @param neighbours the best codes of each id, best first, {@code [batch, shape..., count]}; null
 *     when the manifest does not ask for them
 */
public record Codes(
    int batch,
    int[] ids,
    int[] shape,
    float[] errors,
    int levels,
    int[] lengths,
    int[] positions,
    int[] neighbours) {
  /** Codes with nothing else beside them. */
  public Codes(int batch, int[] ids, int[] shape, float[] errors, int levels, int[] lengths) {
    this(batch, ids, shape, errors, levels, lengths, null, null);
  }
}
