package org.tessera.pipeline.export;

import java.io.IOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.DelegatingPositionOutputStream;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.tessera.udf.sample.Sha256;

/** Where a task's files go: below its private folder, until they are committed. Not thread-safe. */
public final class ShardTarget {
  private final Path root;
  private final Configuration configuration;
  private final List<Written> files = new ArrayList<>();

  /**
   * A file that is complete.
   *
   * @param path its path below the export
   * @param bytes its length
   * @param sha256 its digest
   */
  public record Written(String path, long bytes, String sha256) {}

  /** Files below a folder. */
  public ShardTarget(Path root, Configuration configuration) {
    this.root = root;
    this.configuration = configuration;
  }

  Path path(String relative) {
    return new Path(root, relative);
  }

  Configuration configuration() {
    return configuration;
  }

  /** Opens a file that must not exist; it counts as written when it is closed. */
  PositionOutputStream create(String relative) throws IOException {
    Path path = path(relative);
    FSDataOutputStream raw = path.getFileSystem(configuration).create(path, false);
    MessageDigest digest = Sha256.digest();
    return new DelegatingPositionOutputStream(new DigestOutputStream(raw, digest)) {
      private boolean closed;

      @Override
      public long getPos() {
        return raw.getPos();
      }

      @Override
      public void close() throws IOException {
        long bytes = raw.getPos();
        super.close();
        if (!closed) {
          closed = true;
          files.add(new Written(relative, bytes, HexFormat.of().formatHex(digest.digest())));
        }
      }
    };
  }

  /**
   * A Parquet file that must not exist; it counts as written when its writer is closed. Its bytes
   * are counted here: before the commit, a storage may not say how many there are.
   */
  OutputFile parquet(String relative) {
    return new OutputFile() {
      @Override
      public PositionOutputStream create(long blockSizeHint) throws IOException {
        return ShardTarget.this.create(relative);
      }

      @Override
      public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
        return create(blockSizeHint);
      }

      @Override
      public boolean supportsBlockSize() {
        return false;
      }

      @Override
      public long defaultBlockSize() {
        return 0;
      }

      @Override
      public String getPath() {
        return path(relative).toString();
      }
    };
  }

  /** The files so far. */
  public List<Written> files() {
    return List.copyOf(files);
  }
}
