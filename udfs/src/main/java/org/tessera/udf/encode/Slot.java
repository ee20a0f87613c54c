package org.tessera.udf.encode;

import java.util.Optional;
import org.tessera.model.quantize.Perturbation;
import org.tessera.model.tokenizer.Codes;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.SampleKey;

/** The place of one segment's tokens. The features are let go once they are encoded. */
final class Slot {
  private final Unit unit;
  private Segment segment;
  private final SampleKey key;
  private SampleOutcome.Tokens tokens;
  private volatile boolean encoded;

  Slot(Unit unit, Segment segment) {
    this.unit = unit;
    this.segment = segment;
    this.key = new SampleKey(unit.raw.uri(), unit.raw.member(), segment.index(), segment.channel());
  }

  Segment segment() {
    return segment;
  }

  boolean isEncoded() {
    return encoded;
  }

  /**
   * Whether the encoded segment has no tokens: it lies beyond the signal's end, or none is kept.
   */
  boolean isEmpty() {
    return tokens == null;
  }

  /**
   * Takes sample {@code index} of a batch; called once, by the thread that ran it.
   *
   * @param timeAxis the number of the layout's axis {@code time}, or -1
   * @param perturbation how ids are perturbed; empty when they are not
   */
  void fill(Codes codes, int index, int timeAxis, Optional<Perturbation> perturbation) {
    SegmentCodes own = SegmentCodes.at(codes, index, segment.geometry(), timeAxis);
    float[] errors =
        codes.errors() == null
            ? null
            : java.util.Arrays.copyOfRange(
                codes.errors(), index * codes.levels(), (index + 1) * codes.levels());
    var labels = new java.util.TreeMap<>(unit.raw.labels());
    labels.putAll(segment.labels());
    tokens =
        own.ids().length == 0
            ? null
            : new SampleOutcome.Tokens(
                own.ids(),
                own.shape(),
                errors,
                segment.startS(),
                segment.endS(),
                own.geometry(segment.geometry()),
                java.util.Collections.unmodifiableSortedMap(labels),
                own.neighbours(),
                perturbation.map(it -> it.perturb(number(), own.neighbours())).orElse(null));
    segment = null;
    encoded = true;
  }

  /** Of the file's bytes and the segment's place in it: copies of a file are perturbed alike. */
  private long number() {
    long content = Long.parseUnsignedLong(unit.contentSha256().substring(0, 16), 16);
    return content + key.segment() * 0x9e3779b97f4a7c15L + key.channel() * 0xbf58476d1ce4e5b9L;
  }

  SampleOutcome outcome() {
    return SampleOutcome.tokenized(key, unit.contentSha256(), tokens);
  }
}
