package org.tessera.model.tokenizer;

import java.util.OptionalInt;
import org.tessera.model.engine.EngineOptions;

/**
 * How a tokenizer is run. Immutable and thread-safe.
 *
 * @param engine how its models are run
 * @param keep how many ids to keep along the manifest's {@code prefix} axis; empty for all
 */
public record TokenizerOptions(EngineOptions engine, OptionalInt keep) {
  /** All ids, this many intra-op threads. */
  public static TokenizerOptions threads(int intraOpThreads) {
    return new TokenizerOptions(EngineOptions.threads(intraOpThreads), OptionalInt.empty());
  }

  /** The same, with only the first n ids along the prefix axis. */
  public TokenizerOptions keeping(int ids) {
    return new TokenizerOptions(engine, OptionalInt.of(ids));
  }
}
