package org.tessera.pipeline.fit;

/** Hears how a fit goes on, on the driver's thread. */
public interface FitListener {
  /** Nobody listens. */
  FitListener NONE = stage -> {};

  /** A new stage begins, e.g. {@code reading 600 inputs}. */
  void stage(String stage);

  /** A pass over the vectors ended. */
  default void pass(PassReport pass) {}
}
