package org.tessera.udf.container;

import java.util.SortedMap;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.SampleException;

/** What is left of a container behind its damage: one sample that cannot be read. */
final class BadContainer implements RawSample {
  private final String uri;
  private final String member;
  private final SortedMap<String, String> labels;
  private final SampleException damage;

  BadContainer(
      String uri, String member, SortedMap<String, String> labels, SampleException damage) {
    this.uri = uri;
    this.member = member;
    this.labels = labels;
    this.damage = damage;
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public String member() {
    return member;
  }

  @Override
  public long sizeHint() {
    return 0;
  }

  @Override
  public SortedMap<String, String> labels() {
    return labels;
  }

  @Override
  public Fetched fetch() throws SampleException {
    throw damage;
  }
}
