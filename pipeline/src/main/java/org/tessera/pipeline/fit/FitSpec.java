package org.tessera.pipeline.fit;

import java.util.List;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.Step;

/**
 * What a fit learns, as a file in {@code conf/tokenizers} says it. Made by {@link FitSpecParser}.
 * Immutable and thread-safe.
 *
 * @param name the tokenizer's name
 * @param version the author's version
 * @param modality what the tokenizer reads
 * @param licence the SPDX id of the learned tokenizer's licence
 * @param frontEnd the steps from a decoded file to features; the learned bundle repeats them
 * @param vectors how features become vectors
 * @param transform what is done to a vector before it is quantized
 * @param quantizer the quantizer that is learned
 * @param training how it is learned
 */
public record FitSpec(
    String name,
    String version,
    Modality modality,
    String licence,
    List<Step> frontEnd,
    VectorSpec vectors,
    TransformSpec transform,
    LearnedQuantizer quantizer,
    TrainingSpec training) {
  public FitSpec {
    frontEnd = List.copyOf(frontEnd);
  }
}
