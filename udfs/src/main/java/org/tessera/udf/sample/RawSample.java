package org.tessera.udf.sample;

import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.SortedMap;

/** One sample before its bytes are read: a loose object or a member of a container. */
public interface RawSample {
  /** The object that holds it. */
  String uri();

  /** The path inside a container; empty for a loose object. */
  String member();

  /** Bytes that holding the sample will take, as far as known; at least 0. */
  long sizeHint();

  /** Pass-through text columns by name, e.g. from sibling members or a manifest. */
  SortedMap<String, String> labels();

  /**
   * Reads the sample; called at most once, by any thread.
   *
   * @throws SampleException when this one sample cannot be read
   * @throws IOException when the storage failed: the task fails and is retried
   */
  Fetched fetch() throws SampleException, IOException;

  /**
   * What was read.
   *
   * @param input the content and its companions
   * @param release frees what holds the content (a spooled file); called once, after decoding
   * @param members when the content turned out to be a container, the samples in it, which take its
   *     place; else empty
   */
  record Fetched(SampleInput input, Runnable release, Optional<Iterator<RawSample>> members) {
    /** A sample that is no container. */
    public static Fetched of(SampleInput input, Runnable release) {
      return new Fetched(input, release, Optional.empty());
    }
  }
}
