package org.tessera.pipeline.storage;

import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** What writing to object stores needs beyond Hadoop's defaults. */
public final class ObjectStores {
  private static final String FACTORY = "mapreduce.outputcommitter.factory.scheme.s3a";
  private static final String COMMITTER = "fs.s3a.committer.name";
  private static final String MAGIC = "fs.s3a.capability.magic.committer";

  private ObjectStores() {}

  /**
   * Chooses the magic committer for S3A where nothing was chosen: its commits are one request, and
   * nothing is seen before. Other schemes are left alone.
   */
  public static void prepare(Configuration configuration, Path output) {
    if (isS3a(output)) {
      setIfMissing(configuration, FACTORY, "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory");
      setIfMissing(configuration, COMMITTER, "magic");
      setIfMissing(configuration, "fs.s3a.committer.magic.enabled", "true");
    }
  }

  /**
   * Refuses committers that lose or repeat data on an object store.
   *
   * @param committer the class that Hadoop chose
   * @throws IllegalStateException naming the setting to change
   */
  public static void checkCommitter(Path output, String committer, Configuration configuration)
      throws IOException {
    if (!isS3a(output)) {
      return;
    }
    if (!committer.equals("MagicS3GuardCommitter")) {
      throw new IllegalStateException(
          "Cannot write to "
              + output
              + " safely: Hadoop chose "
              + committer
              + ", which renames, and S3 has no rename (remove your settings of "
              + FACTORY
              + " and "
              + COMMITTER
              + ", or set them to org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory and magic)");
    }
    if (!output.getFileSystem(configuration).hasPathCapability(output, MAGIC)) {
      throw new IllegalStateException(
          "Cannot write to "
              + output
              + " safely: the magic committer is off (set spark.hadoop.fs.s3a.committer.magic.enabled"
              + " to true, or remove the setting)");
    }
  }

  /**
   * Tries, on one small file below the output, what exactly-once stands on: that a file is created
   * by one process only, and that it can be deleted.
   *
   * @throws IllegalStateException when the storage does not do that
   * @throws IOException when it cannot be written to
   */
  public static void preflight(Storage storage) throws IOException {
    String probe = "_tessera/preflight/" + UUID.randomUUID();
    boolean twice;
    try {
      storage.create(probe, "may be deleted, 1\n");
      twice = storage.create(probe, "may be deleted, 2\n");
    } catch (IOException e) {
      throw new IOException(
          "Cannot write to "
              + storage.root()
              + ": "
              + e.getMessage()
              + " (check the address, the credentials, the permission to write, and free space)",
          e);
    }
    boolean deleted;
    try {
      deleted = storage.delete(probe) && !storage.exists(probe);
    } catch (IOException e) {
      throw new IOException(
          "Cannot delete below "
              + storage.root()
              + ": "
              + e.getMessage()
              + " (grant the permission to delete there: what an attempt that died left behind must"
              + " be removed; nothing outside it ever is)",
          e);
    }
    if (twice || !deleted) {
      throw new IllegalStateException(
          "Cannot write to "
              + storage.root()
              + " safely: the storage "
              + (twice
                  ? "replaced a file that was to be created only if absent (it must support"
                      + " conditional writes, If-None-Match)"
                  : "did not delete a file (grant the permission to delete there)"));
    }
  }

  private static boolean isS3a(Path path) {
    return "s3a".equals(path.toUri().getScheme());
  }

  private static void setIfMissing(Configuration configuration, String key, String value) {
    if (configuration.get(key) == null
        || configuration.get(key).isEmpty()
        || (key.equals(COMMITTER) && configuration.get(key).equals("file"))) {
      configuration.set(key, value);
    }
  }
}
