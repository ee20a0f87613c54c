package org.tessera.pipeline.fit;

/**
 * A model whose latents are learned from instead of the front-end's features. Immutable.
 *
 * @param bundle the bundle of the model: its output must be latents; its own quantizer is replaced
 * @param decoderScale what decoded vectors are multiplied with before the bundle's decoder takes
 *     them
 * @param decoderShift what is added to them then
 */
public record EncoderSpec(String bundle, double decoderScale, double decoderShift) {
  /** The same encoder at another place. */
  EncoderSpec at(String newBundle) {
    return new EncoderSpec(newBundle, decoderScale, decoderShift);
  }
}
