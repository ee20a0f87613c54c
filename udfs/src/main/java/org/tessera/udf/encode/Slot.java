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
    int size = 1;
    for (int extent : codes.shape()) {
      size *= extent;
    }
    int[] shape = codes.shape().clone();
    int[] ids = java.util.Arrays.copyOfRange(codes.ids(), index * size, (index + 1) * size);
    if (codes.lengths() != null) {
      shape[shape.length - 1] = codes.lengths()[index];
      ids = keepPrefix(ids, codes.shape()[shape.length - 1], codes.lengths()[index]);
    }
    float[] errors =
        codes.errors() == null
            ? null
            : java.util.Arrays.copyOfRange(
                codes.errors(), index * codes.levels(), (index + 1) * codes.levels());
    var labels = new java.util.TreeMap<>(unit.raw.labels());
    labels.putAll(segment.labels());
    SampleOutcome.Tokens filled =
        new SampleOutcome.Tokens(
            ids,
            shape,
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

  private static int[] keepPrefix(int[] ids, int extent, int kept) {
    int[] prefix = new int[ids.length / extent * kept];
    for (int row = 0; row < ids.length / extent; row++) {
      System.arraycopy(ids, row * extent, prefix, row * kept, kept);
    }
    return prefix;
  }
}
