package org.tessera.pipeline.fit;

/**
 * What one pass over the vectors found. Immutable.
 *
 * @param codebook the number of the codebook (level or group), from 0
 * @param pass the number of the pass, from 0; the last one only measures
 * @param loss the squared error of the codes that the pass began with, mean over vectors and
 *     dimensions, in the quantizer's space
 * @param codes the size of the codebook
 * @param used how many codes occurred
 * @param perplexity two to the entropy of the codes in bits, from 1 to {@code codes}
 * @param revived how many codes that did not occur were put elsewhere after the pass
 */
public record PassReport(
    int codebook, int pass, double loss, int codes, int used, double perplexity, int revived) {}
