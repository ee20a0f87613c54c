package org.tessera.pipeline.read;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A file that remembers how its storage failed; the end of the file is no failure. Not thread-safe.
 */
final class WatchedFile implements InputFile {
  private final InputFile file;
  private IOException failure;

  WatchedFile(InputFile file) {
    this.file = file;
  }

  /** How reading from the storage failed; null while it did not. */
  IOException failure() {
    return failure;
  }

  @Override
  public long getLength() throws IOException {
    return file.getLength();
  }

  @Override
  public SeekableInputStream newStream() throws IOException {
    SeekableInputStream in = watched(file::newStream);
    InputStream bytes =
        new FilterInputStream(in) {
          @Override
          public int read() throws IOException {
            return watched(super::read);
          }

          @Override
          public int read(byte[] target, int offset, int count) throws IOException {
            return watched(() -> super.read(target, offset, count));
          }
        };
    return new DelegatingSeekableInputStream(bytes) {
      @Override
      public long getPos() throws IOException {
        return in.getPos();
      }

      @Override
      public void seek(long position) throws IOException {
        in.seek(position);
      }
    };
  }

  /** Parquet's log names the file by it. */
  @Override
  public String toString() {
    return file.toString();
  }

  private <T> T watched(RowGroups.Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (EOFException e) {
      throw e;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}
