package org.tessera.model.bundle;

import java.util.Locale;

/** What the last model of a tokenizer returns. */
public enum ModelOutput {
  /** Finished ids; a quantizer in the manifest only describes how they were made. */
  IDS,
  /** Vectors that the manifest's quantizer turns into ids. */
  LATENTS,
  /** Scores of every code; the manifest's quantizer takes the highest. */
  LOGITS;

  /** The name in manifests and the role of the output tensor, e.g. {@code latents}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
