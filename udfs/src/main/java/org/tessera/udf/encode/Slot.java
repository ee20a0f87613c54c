package org.tessera.udf.encode;

import org.tessera.model.tokenizer.Codes;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.SampleKey;

/** The place of one segment's tokens. The features are let go once they are encoded. */
final class Slot {
  private final Unit unit;
  private Segment segment;
  private final SampleKey key;
  private volatile SampleOutcome.Tokens tokens;

  Slot(Unit unit, Segment segment) {
    this.unit = unit;
    this.segment = segment;
    this.key = new SampleKey(unit.raw.uri(), unit.raw.member(), segment.index(), segment.channel());
  }

  Segment segment() {
    return segment;
  }

  boolean isEncoded() {
    return tokens != null;
  }

  /** Takes sample {@code index} of a batch; called once, by the thread that ran it. */
  void fill(Codes codes, int index) {
    SegmentCodes own = SegmentCodes.at(codes, index);
    float[] errors =
        codes.errors() == null
            ? null
            : java.util.Arrays.copyOfRange(
                codes.errors(), index * codes.levels(), (index + 1) * codes.levels());
    var labels = new java.util.TreeMap<>(unit.raw.labels());
    labels.putAll(segment.labels());
    SampleOutcome.Tokens filled =
        new SampleOutcome.Tokens(
            own.ids(),
            own.shape(),
            errors,
            segment.startS(),
            segment.endS(),
            segment.geometry(),
            java.util.Collections.unmodifiableSortedMap(labels));
    segment = null;
    tokens = filled;
  }

  SampleOutcome outcome() {
    return SampleOutcome.tokenized(key, unit.contentSha256(), tokens);
  }
}
