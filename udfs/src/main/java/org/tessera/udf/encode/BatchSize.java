package org.tessera.udf.encode;

import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.Segment;

/**
 * How many segments of one shape run together: what the user asked for, or else what the model
 * wants, or else by their size. On the CPU more than fits a core's cache makes a model slower, and
 * less than its cost of a call is worth does too. Thread-safe.
 */
final class BatchSize {
  /** On the CPU, bytes of inputs. */
  private static final long BYTES = 2 << 20;

  private static final int MOST = 128;

  /** On a GPU, whose memory every call of a large batch takes. */
  private static final int ON_GPU = 32;

  private final int fixed;

  BatchSize(EncodeOptions options, Tokenizer tokenizer) {
    this(
        options.batch(),
        tokenizer.manifest().models().stream().mapToInt(ModelSpec::batch).max().orElse(0),
        tokenizer.device().startsWith("GPU"));
  }

  /**
   * A rule.
   *
   * @param asked what the user asked for, or {@link EncodeOptions#BY_SIZE}
   * @param own the only size that the model takes; 0 for any
   */
  BatchSize(int asked, int own, boolean onGpu) {
    if (asked != EncodeOptions.BY_SIZE) {
      this.fixed = asked;
    } else if (own > 0) {
      this.fixed = own;
    } else {
      this.fixed = onGpu ? ON_GPU : 0;
    }
  }

  /** The size of a batch of segments like this one, at least 1. */
  int of(Segment segment) {
    if (fixed > 0) {
      return fixed;
    }
    long bytes = 0;
    for (Features input : segment.inputs().values()) {
      long size = input.type().bytes();
      for (int extent : input.shape()) {
        size *= extent;
      }
      bytes += size;
    }
    return (int) Math.max(1, Math.min(MOST, BYTES / Math.max(1, bytes)));
  }

  /** The largest size that there is. */
  int most() {
    return fixed > 0 ? fixed : MOST;
  }
}
