package org.tessera.udf.sample;

import java.util.Optional;

/**
 * The raw form of one sample.
 *
 * @param name the file name, for messages and as a weak hint; content decides the format
 * @param content the bytes
 * @param companions the files beside it that belong to it
 */
public record SampleInput(String name, ByteSource content, Companions companions) {
  /** An input without companions. */
  public static SampleInput of(String name, byte[] content) {
    return new SampleInput(name, new HeapSource(content), Companions.NONE);
  }

  /** Files beside a header that hold parts of the same sample (BrainVision, EEGLAB, OBJ). */
  @FunctionalInterface
  public interface Companions {
    /** No companion is there. */
    Companions NONE = name -> Optional.empty();

    /**
     * The companion with a plain file name in the same folder or container.
     *
     * @param name a name without path separators; any other is never found
     * @throws SampleException when it is there and cannot be read
     */
    Optional<ByteSource> find(String name) throws SampleException;
  }
}
