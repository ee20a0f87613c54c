package org.tessera.pipeline.storage;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** What writing to object stores needs beyond Hadoop's defaults. */
public final class ObjectStores {
  private static final String FACTORY = "mapreduce.outputcommitter.factory.scheme.s3a";
  private static final String COMMITTER = "fs.s3a.committer.name";

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
  public static void checkCommitter(Path output, String committer) {
    if (isS3a(output) && !committer.equals("MagicS3GuardCommitter")) {
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
