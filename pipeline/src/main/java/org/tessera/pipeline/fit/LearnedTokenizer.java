package org.tessera.pipeline.fit;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.npy.NpyArray;

/**
 * What a fit learned. Immutable.
 *
 * @param transform what is done to a vector before it is quantized; empty for none
 * @param quantizer the quantizer of transformed vectors
 * @param passes every pass over the vectors, the last of each codebook being its measure
 */
record LearnedTokenizer(Optional<Transform> transform, Inner quantizer, List<PassReport> passes) {
  LearnedTokenizer {
    passes = List.copyOf(passes);
  }

  /** The same, whose decoded vectors are brought to the space that an encoder's decoder takes. */
  LearnedTokenizer forDecoder(EncoderSpec encoder, int dimensions) {
    if (encoder.decoderScale() == 1 && encoder.decoderShift() == 0) {
      return this;
    }
    Transform map = transform.orElseGet(() -> Transform.centering(new double[dimensions]));
    return new LearnedTokenizer(
        Optional.of(map.withOutput(encoder.decoderScale(), encoder.decoderShift())),
        quantizer,
        passes);
  }

  /**
   * A quantizer in the words of {@code model-loader/QUANTIZERS.md}.
   *
   * @param family the family's name there
   * @param parameters its parameters; tensors are named by their files
   * @param tensors the files by name
   */
  record Inner(
      String family, SortedMap<String, Object> parameters, SortedMap<String, NpyArray> tensors) {
    Inner {
      parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
      tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    }
  }
}
