package org.tessera.pipeline.fit;

import java.util.List;
import java.util.Optional;

/**
 * What a fit learned. Immutable.
 *
 * @param transform what is done to a vector before it is quantized; empty for none
 * @param codebooks one a level or group
 * @param passes every pass of k-means, the last of each codebook being its measure
 */
record LearnedTokenizer(
    Optional<Transform> transform, List<Codebook> codebooks, List<PassReport> passes) {
  LearnedTokenizer {
    codebooks = List.copyOf(codebooks);
    passes = List.copyOf(passes);
  }
}
