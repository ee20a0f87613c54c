package org.tessera.pipeline.spark;

import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Counters for the progress line. They may count retried work twice; results never come from them.
 */
public final class Progress {
  private final LongAccumulator samples;
  private final LongAccumulator tokens;
  private final LongAccumulator rejects;

  public Progress(SparkContext context) {
    this.samples = context.longAccumulator("tessera.samples");
    this.tokens = context.longAccumulator("tessera.tokens");
    this.rejects = context.longAccumulator("tessera.rejects");
  }

  LongAccumulator samples() {
    return samples;
  }

  LongAccumulator tokens() {
    return tokens;
  }

  LongAccumulator rejects() {
    return rejects;
  }
}
