package org.tessera.model.tokenizer;

import java.util.OptionalInt;
import org.tessera.model.engine.EngineOptions;

/**
 * How a tokenizer is run. Immutable and thread-safe.
 *
 * @param engine how its models are run
 * @param keep how many ids to keep along the manifest's {@code prefix} axis; empty for all
 * @param trust whether models are judged before they are loaded
 */
public record TokenizerOptions(EngineOptions engine, OptionalInt keep, Trust trust) {
  /** Whether a model is judged before it is loaded. */
  public enum Trust {
    /** A model that reaches files, processes or the network is refused. */
    CHECKED,
    /** The user vouches for the bundle: its models are loaded as they are. */
    TRUSTED
  }

  /** Options for models that are judged before they are loaded. */
  public TokenizerOptions(EngineOptions engine, OptionalInt keep) {
    this(engine, keep, Trust.CHECKED);
  }

  /** All ids, this many intra-op threads. */
  public static TokenizerOptions threads(int intraOpThreads) {
    return new TokenizerOptions(
        EngineOptions.threads(intraOpThreads), OptionalInt.empty(), Trust.CHECKED);
  }

  /** The same, with only the first n ids along the prefix axis. */
  public TokenizerOptions keeping(int ids) {
    return new TokenizerOptions(engine, OptionalInt.of(ids), trust);
  }

  /** The same on another device or with other threads. */
  public TokenizerOptions on(EngineOptions newEngine) {
    return new TokenizerOptions(newEngine, keep, trust);
  }

  /** The same for a bundle that the user vouches for. */
  public TokenizerOptions trusting() {
    return new TokenizerOptions(engine, keep, Trust.TRUSTED);
  }
}
