package org.tessera.model.bundle;

/** The names by which a manifest says what a model's tensor is for. */
public final class Roles {
  /** The signal: the main input of encode, the output of decode. */
  public static final String SIGNAL = "signal";

  /** Ids: the output of encode, the input of decode. */
  public static final String IDS = "ids";

  /** Vectors before quantization (encode) or after it (decode). */
  public static final String LATENTS = "latents";

  /** Scores of every code. */
  public static final String LOGITS = "logits";

  /** Mean squared quantization error after each level, {@code [batch, levels]}. */
  public static final String QUANTIZATION_ERROR = "quantization_error";

  /** The best codes of each id, best first, where the manifest asks for them. */
  public static final String NEIGHBOURS = "neighbours";

  /** How many ids of the last axis each sample keeps, {@code [batch]}. */
  public static final String LENGTHS = "lengths";

  /** Which positions along the last axis each sample keeps, a mask {@code [batch, positions]}. */
  public static final String KEPT = "kept";

  /** The seed of a stochastic encoder. */
  public static final String SEED = "seed";

  /** The name of the batch axis in {@link TensorSpec#axes}. */
  public static final String BATCH_AXIS = "batch";

  /** The name of the vector axis of latents in {@link TensorSpec#axes}. */
  public static final String CHANNEL_AXIS = "channel";

  private Roles() {}
}
