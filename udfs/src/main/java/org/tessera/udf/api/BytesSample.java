package org.tessera.udf.api;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.SampleInput;

/** A sample whose bytes are there already. Immutable but for its bytes, and thread-safe. */
public final class BytesSample implements RawSample {
  private final String uri;
  private final String name;
  private final byte[] content;
  private final SampleInput.Companions companions;

  /**
   * A sample.
   *
   * @param uri identifies it among others
   * @param name its file name, for messages and as a weak hint; content decides the format
   * @param content its bytes, not to be changed
   */
  public BytesSample(String uri, String name, byte[] content) {
    this(uri, name, content, SampleInput.Companions.NONE);
  }

  /**
   * A sample that may have parts in other files.
   *
   * @param uri identifies it among others
   * @param name its file name, for messages and as a weak hint; content decides the format
   * @param content its bytes, not to be changed
   * @param companions the files beside it
   */
  public BytesSample(String uri, String name, byte[] content, SampleInput.Companions companions) {
    this.uri = uri;
    this.name = name;
    this.content = content;
    this.companions = companions;
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
    SampleInput input = new SampleInput(name, new HeapSource(content), companions);
    return Fetched.of(input, () -> {});
  }
}
