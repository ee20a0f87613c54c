package org.tessera.pipeline.fit;

import java.io.Serializable;

/** What a task must know to read vectors. Immutable and thread-safe. */
public final class ReadPlan implements Serializable {
  private static final long serialVersionUID = 1L;

  private final VectorCutter cutter;
  private final int perBlock;
  private final int most;

  /** What a specification says about reading. */
  public ReadPlan(FitSpec spec) {
    this.cutter = new VectorCutter(spec);
    this.perBlock = spec.training().block();
    this.most = spec.training().maxVectors();
  }

  VectorCutter cutter() {
    return cutter;
  }

  /** The number of vectors of a full block. */
  public int perBlock() {
    return perBlock;
  }

  /** The most vectors that are of use. */
  public int most() {
    return most;
  }
}
