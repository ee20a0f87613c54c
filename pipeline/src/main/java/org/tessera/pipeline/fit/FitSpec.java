package org.tessera.pipeline.fit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.TokenizerManifest;

/**
 * What a fit learns, as a file in {@code conf/tokenizers} says it. Made by {@link FitSpecParser}.
 * Immutable and thread-safe.
 *
 * @param name the tokenizer's name
 * @param version the author's version
 * @param modality what the tokenizer reads
 * @param licence the SPDX id of the learned tokenizer's licence
 * @param frontEnd the steps from a decoded file to features; the learned bundle repeats them
 * @param encoder the model whose latents are learned from; empty for the features themselves
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
    Optional<EncoderSpec> encoder,
    VectorSpec vectors,
    TransformSpec transform,
    LearnedQuantizer quantizer,
    TrainingSpec training) {
  public FitSpec {
    frontEnd = List.copyOf(frontEnd);
  }

  /**
   * The same with the front-end of its encoder.
   *
   * @param manifest the encoder's manifest
   * @param uri where its bundle is, for every node
   * @throws FitSpecException when nothing can be learned from that bundle
   */
  public FitSpec withEncoder(TokenizerManifest manifest, String uri) {
    EncoderSpec own = encoder.orElseThrow();
    List<String> problems = new ArrayList<>();
    if (manifest.output() != ModelOutput.LATENTS || manifest.models().isEmpty()) {
      problems.add(
          "learn.encoder: "
              + own.bundle()
              + " returns "
              + manifest.output().id()
              + (manifest.models().isEmpty() ? " of no model" : "")
              + " (give a bundle whose model returns latents)");
    }
    if (manifest.modality() != modality) {
      problems.add(
          "modality: "
              + modality.id()
              + " (the encoder "
              + own.bundle()
              + " reads "
              + manifest.modality().id()
              + ")");
    }
    if (!problems.isEmpty()) {
      throw new FitSpecException(name, problems);
    }
    return new FitSpec(
        name,
        version,
        modality,
        licence,
        manifest.frontEnd(),
        Optional.of(own.at(uri)),
        vectors,
        transform,
        quantizer,
        training);
  }
}
