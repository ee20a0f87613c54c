package org.tessera.pipeline.spark;

/** Where samples are decoded. */
public enum Isolation {
  /** In the executor's own process first; an attempt after the first uses worker processes. */
  AUTOMATIC,
  /** In worker processes always: slower, and a crash costs one sample and nothing else. */
  ALWAYS
}
