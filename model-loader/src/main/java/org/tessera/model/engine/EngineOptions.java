package org.tessera.model.engine;

/**
 * How a model is run. Immutable and thread-safe.
 *
 * @param intraOpThreads threads that one operation may use, at least 1
 * @param interOpThreads operations that may run at once, at least 1
 */
public record EngineOptions(int intraOpThreads, int interOpThreads) {
  public EngineOptions {
    if (intraOpThreads < 1 || interOpThreads < 1) {
      throw new IllegalArgumentException(
          "Cannot run a model with "
              + intraOpThreads
              + " intra-op and "
              + interOpThreads
              + " inter-op threads (at least 1 of each)");
    }
  }

  /** One operation at a time on this many threads. */
  public static EngineOptions threads(int intraOpThreads) {
    return new EngineOptions(intraOpThreads, 1);
  }
}
