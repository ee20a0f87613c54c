package org.tessera.udf.container;

import java.io.IOException;
import org.tessera.udf.sample.SampleException;

/** An archive read from front to back. Not thread-safe; closed by its reader. */
interface Archive extends AutoCloseable {
  /** A file in an archive. */
  record Member(String name, byte[] content) {}

  /**
   * The next file, or null at the end. Folders and links are left out.
   *
   * @throws SampleException when the archive is damaged; nothing can be read behind that
   * @throws IOException when the storage failed
   */
  Member next() throws SampleException, IOException;

  @Override
  void close() throws IOException;
}
