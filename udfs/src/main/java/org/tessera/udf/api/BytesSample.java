package org.tessera.udf.api;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.SampleInput;

/** A sample whose bytes are there already. Immutable but for its bytes, and thread-safe. */
public final class BytesSample implements RawSample {
  private final String uri;
  private final String name;
  private final byte[] content;

  /**
   * A sample.
   *
   * @param uri identifies it among others
   * @param name its file name, for messages and as a weak hint; content decides the format
   * @param content its bytes, not to be changed
   */
  public BytesSample(String uri, String name, byte[] content) {
    this.uri = uri;
    this.name = name;
    this.content = content;
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public String member() {
    return "";
  }

  @Override
  public long sizeHint() {
    return content.length;
  }

  @Override
  public SortedMap<String, String> labels() {
    return Collections.unmodifiableSortedMap(new TreeMap<>());
  }

  @Override
  public Fetched fetch() {
    return Fetched.of(SampleInput.of(name, content), () -> {});
  }
}
