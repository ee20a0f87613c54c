package org.tessera.udf.sample;

/**
 * An input object whose bytes are fetched on demand.
 *
 * @param uri where it is
 * @param fetch reads the whole content; called at most once
 */
public record RawObject(String uri, Fetch fetch) {
  /** Reads an object. */
  @FunctionalInterface
  public interface Fetch {
    /**
     * The content.
     *
     * @throws SampleException when this one object cannot be read
     * @throws java.io.IOException when the storage failed: the task fails and is retried
     */
    byte[] content() throws SampleException, java.io.IOException;
  }
}
