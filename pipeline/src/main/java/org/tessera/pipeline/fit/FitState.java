package org.tessera.pipeline.fit;

import java.util.Optional;

/**
 * Where a fit keeps what it has learned so far, so that it can go on after a crash. A write is
 * there as a whole or not at all. Not thread-safe.
 */
public interface FitState {
  /** What was last written under this name. */
  Optional<byte[]> read(String name);

  /** Replaces what is under this name. */
  void write(String name, byte[] content);
}
