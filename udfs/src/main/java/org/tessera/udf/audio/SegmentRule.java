package org.tessera.udf.audio;

import java.util.List;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.StepParameters;

/**
 * How a signal is cut into pieces: the step {@code segment}. Immutable and thread-safe.
 *
 * <p>With N frames, length W and hop H, {@code starts: cover} makes 1 + ceil((N - W) / H) pieces
 * (one when N is at most W), so that the last one reaches the end; {@code starts: every} makes
 * ceil(N / H), one at each hop that lies in the signal, as basic-pitch and EnCodec do. A last piece
 * that is short is padded ({@code tail: pad}, with {@code pad: zero} or {@code reflect}), kept
 * short ({@code keep}) or left out ({@code drop}).
 *
 * <p>Where pieces overlap so that the model sees more than it shall tell, {@code trim_front} and
 * {@code trim_back} name the tokens at a piece's ends along the layout's axis {@code time} that are
 * dropped. The T tokens that stay stand for H frames of the signal; of a signal with N frames,
 * floor(N / H · T) tokens stay in all, so that a last piece may give fewer, or none.
 */
final class SegmentRule {
  /** No step {@code segment}: the whole signal is one piece. */
  static final SegmentRule WHOLE = new SegmentRule(-1, -1, 0, 0, true, Tail.KEEP, true, 1, 0, 0);

  /** What happens to a short last piece. */
  enum Tail {
    PAD,
    KEEP,
    DROP
  }

  private final long samples;
  private final long hopSamples;
  private final double seconds;
  private final double hopSeconds;
  private final boolean cover;
  private final Tail tail;
  private final boolean zeros;
  private final long least;
  private final int trimFront;
  private final int trimBack;

  private SegmentRule(
      long samples,
      long hopSamples,
      double seconds,
      double hopSeconds,
      boolean cover,
      Tail tail,
      boolean zeros,
      long least,
      int trimFront,
      int trimBack) {
    this.samples = samples;
    this.hopSamples = hopSamples;
    this.seconds = seconds;
    this.hopSeconds = hopSeconds;
    this.cover = cover;
    this.tail = tail;
    this.zeros = zeros;
    this.least = least;
    this.trimFront = trimFront;
    this.trimBack = trimBack;
  }

  /** Parameters: {@code samples} or {@code seconds}, {@code hop} or {@code overlap} in the same. */
  static SegmentRule of(Step step) {
    StepParameters parameters = new StepParameters(step);
    boolean inSamples = parameters.has("samples");
    if (inSamples == parameters.has("seconds")) {
      throw new IllegalArgumentException("Cannot use segment (give either samples or seconds)");
    }
    double length =
        inSamples ? parameters.requiredInteger("samples") : parameters.requiredNumber("seconds");
    if (parameters.has("hop") && parameters.has("overlap")) {
      throw new IllegalArgumentException("Cannot use segment (give either hop or overlap)");
    }
    double hop = parameters.number("hop", length - parameters.number("overlap", 0));
    String starts = parameters.choice("starts", "cover", List.of("cover", "every"));
    String tail = parameters.choice("tail", "pad", List.of("pad", "keep", "drop"));
    String pad = parameters.choice("pad", "zero", List.of("zero", "reflect"));
    int least = parameters.integer("least_samples", 1);
    int trimFront = parameters.integer("trim_front", 0);
    int trimBack = parameters.integer("trim_back", 0);
    parameters.finish();
    if (!(length > 0) || !(hop > 0) || least < 1 || inSamples && hop != Math.rint(hop)) {
      throw new IllegalArgumentException(
          "Cannot use segment of " + length + " with hop " + hop + " (both must be above 0)");
    }
    if (trimFront < 0 || trimBack < 0) {
      throw new IllegalArgumentException(
          "Cannot trim " + trimFront + " and " + trimBack + " tokens (both must be at least 0)");
    }
    return new SegmentRule(
        inSamples ? (long) length : -1,
        inSamples ? (long) hop : -1,
        inSamples ? 0 : length,
        inSamples ? 0 : hop,
        starts.equals("cover"),
        Tail.valueOf(tail.toUpperCase(java.util.Locale.ROOT)),
        pad.equals("zero"),
        least,
        trimFront,
        trimBack);
  }

  boolean isWhole() {
    return this == WHOLE;
  }

  /** Frames of a full piece at a rate. */
  int length(int rate) {
    return Math.toIntExact(Math.max(1, samples >= 0 ? samples : Math.round(seconds * rate)));
  }

  /** Frames from start to start at a rate. */
  int hop(int rate) {
    return Math.toIntExact(
        Math.max(1, hopSamples >= 0 ? hopSamples : Math.round(hopSeconds * rate)));
  }

  /** Whether tokens at the ends of a piece are dropped. */
  boolean trims() {
    return trimFront + trimBack > 0;
  }

  int trimFront() {
    return trimFront;
  }

  int trimBack() {
    return trimBack;
  }

  Tail tail() {
    return tail;
  }

  /** Whether padding is zeros, and not the mirrored signal. */
  boolean padsZeros() {
    return zeros;
  }

  /**
   * Whether a last piece with so many frames is made.
   *
   * @param frames the frames of the file in it, fewer than a full piece
   * @param isFirst whether it is the only piece
   */
  boolean makesTail(int frames, boolean isFirst, int rate) {
    if (frames < least || tail == Tail.DROP) {
      return false;
    }
    int old = isFirst || !cover ? 0 : Math.max(0, length(rate) - hop(rate));
    return frames > old;
  }

  /** The number of pieces of a signal with so many frames; 0 when it is too short. */
  long count(long frames, int rate) {
    if (isWhole()) {
      return frames > 0 ? 1 : 0;
    }
    long length = length(rate);
    long hop = hop(rate);
    long full = frames < length ? 0 : 1 + (frames - length) / hop;
    long start = full * hop;
    if (cover || tail == Tail.DROP) {
      boolean more = start < frames && makesTail((int) (frames - start), full == 0, rate);
      return full + (more ? 1 : 0);
    }
    long count = full;
    for (; start < frames; start += hop) {
      count += makesTail((int) (frames - start), count == 0, rate) ? 1 : 0;
    }
    return count;
  }
}
