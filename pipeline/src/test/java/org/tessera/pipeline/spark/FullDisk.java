package org.tessera.pipeline.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk under the scheme {@code full}: no space for the second wave while a property says
 * so.
 */
public final class FullDisk extends RawLocalFileSystem {
  /** Whether the disk is full. */
  static final String PROPERTY = "tessera.test.disk.full";

  @Override
  public URI getUri() {
    return URI.create("full:///");
  }

  @Override
  public String getScheme() {
    return "full";
  }

  @Override
  public FSDataOutputStream create(
      Path file, boolean overwrite, int buffer, short copies, long block, Progressable progress)
      throws IOException {
    return limited(file, super.create(file, overwrite, buffer, copies, block, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short copies,
      long block,
      Progressable progress)
      throws IOException {
    return limited(
        file, super.create(file, permission, overwrite, buffer, copies, block, progress));
  }

  private FSDataOutputStream limited(Path file, FSDataOutputStream out) throws IOException {
    if (!file.toString().contains("wave=2") || !isFull()) {
      return out;
    }
    OutputStream limited =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void close() throws IOException {
            out.close();
          }
        };
    return new FSDataOutputStream(limited, null);
  }

  private static boolean isFull() {
    return Boolean.getBoolean(PROPERTY);
  }
}
