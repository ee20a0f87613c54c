package org.tessera.model.tokenizer;

/**
 * The vectors of a batch before they are quantized. The arrays are not copied: whoever receives it
 * owns it.
 *
 * @param batch the number of samples
 * @param values row-major over {@code [batch, shape...]}
 * @param shape the extents of one sample: the layout's axes without that of the quantizer's slots,
 *     then the vector
 */
public record Latents(int batch, float[] values, int[] shape) {}
