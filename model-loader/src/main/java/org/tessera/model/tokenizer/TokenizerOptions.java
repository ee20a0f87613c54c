package org.tessera.model.tokenizer;

import java.util.OptionalInt;
import org.tessera.model.engine.EngineOptions;

/**
 * How a tokenizer is run. Immutable and thread-safe.
 *
 * @param engine how its models are run
 * @param keep how many ids to keep along the manifest's {@code prefix} axis; empty for all
 * @param trust whether models are judged before they are loaded
 * @param numerics whether samples of a batch are computed together
 */
public record TokenizerOptions(
    EngineOptions engine, OptionalInt keep, Trust trust, Numerics numerics) {
  /** Whether a model is judged before it is loaded. */
  public enum Trust {
    /** A model that reaches files, processes or the network is refused. */
    CHECKED,
    /** The user vouches for the bundle: its models are loaded as they are. */
    TRUSTED
  }

  /** Whether samples of a batch are computed together. */
  public enum Numerics {
    /**
     * A batch is one call of the model. Kernels may round differently for another batch size or
     * another place in the batch (TensorFlow multiplies a single row by another kernel, and
     * computes the tail of an array by scalar code), so that near-ties may fall differently.
     */
    BATCHED,
    /**
     * Each sample is a call of its own, so that its ids are a function of the sample alone,
     * whatever batch it came in.
     */
    EXACT
  }

  /** Options for models that are judged before they are loaded and run in batches. */
  public TokenizerOptions(EngineOptions engine, OptionalInt keep) {
    this(engine, keep, Trust.CHECKED, Numerics.BATCHED);
  }

  /** All ids, this many intra-op threads. */
  public static TokenizerOptions threads(int intraOpThreads) {
    return new TokenizerOptions(EngineOptions.threads(intraOpThreads), OptionalInt.empty());
  }

  /** The same, with only the first n ids along the prefix axis. */
  public TokenizerOptions keeping(int ids) {
    return new TokenizerOptions(engine, OptionalInt.of(ids), trust, numerics);
  }

  /** The same on another device or with other threads. */
  public TokenizerOptions on(EngineOptions newEngine) {
    return new TokenizerOptions(newEngine, keep, trust, numerics);
  }

  /** The same for a bundle that the user vouches for. */
  public TokenizerOptions trusting() {
    return new TokenizerOptions(engine, keep, Trust.TRUSTED, numerics);
  }

  /** The same, one sample at a time. */
  public TokenizerOptions exact() {
    return new TokenizerOptions(engine, keep, trust, Numerics.EXACT);
  }
}
