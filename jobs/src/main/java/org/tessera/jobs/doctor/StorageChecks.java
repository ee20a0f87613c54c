package org.tessera.jobs.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitterFactory;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.tessera.pipeline.storage.ObjectStores;

/** Whether an output's storage can be written, read, listed and cleared, and commits safely. */
final class StorageChecks {
  /** S3 refuses requests that are signed a quarter of an hour off. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  private StorageChecks() {}

  /** Looks at a storage: an object is written below it, read, listed and removed. */
  static List<Check> run(String uri, Configuration configuration) {
    List<Check> checks = new ArrayList<>();
    Path root = new Path(uri);
    try {
      FileSystem files = root.getFileSystem(configuration);
      checks.addAll(access(files, files.makeQualified(root)));
      checks.add(committer(files.makeQualified(root), configuration));
    } catch (IOException | RuntimeException e) {
      checks.add(
          Check.change(
              "storage",
              uri + ": " + e,
              "check the address, the credentials and their rights (s3a: hadoop-aws must be on the"
                  + " class path, and spark.hadoop.fs.s3a.* set)"));
    }
    return checks;
  }

  private static List<Check> access(FileSystem files, Path root) throws IOException {
    Path probe = new Path(root, "_tessera-doctor-" + UUID.randomUUID());
    byte[] content = "tessera".getBytes(StandardCharsets.UTF_8);
    long before = System.currentTimeMillis();
    try {
      try (var out = files.create(probe, false)) {
        out.write(content);
      }
      long after = System.currentTimeMillis();
      FileStatus status = files.getFileStatus(probe);
      try (var in = files.open(probe)) {
        if (in.readAllBytes().length != content.length) {
          throw new IOException("what was written was not read");
        }
      }
      boolean listed = false;
      for (FileStatus entry : files.listStatus(root)) {
        listed |= entry.getPath().getName().equals(probe.getName());
      }
      if (!listed) {
        throw new IOException("what was written was not listed");
      }
      return List.of(
          Check.ok("storage", root + " can be written, read, listed and cleared"),
          clock("its clock", skew(status.getModificationTime(), before, after)));
    } finally {
      files.delete(probe, false);
    }
  }

  /** How far a time lies outside of what it should be between, with its sign. */
  static long skew(long time, long earliest, long latest) {
    // File systems round down to the second.
    if (time < earliest - 1000) {
      return time - earliest;
    }
    return Math.max(0, time - latest);
  }

  static Check clock(String whose, long skewMillis) {
    String found = String.format("%s differs by %,d ms from the driver's", whose, skewMillis);
    return Math.abs(skewMillis) <= SKEW.toMillis()
        ? Check.ok("clock", found)
        : Check.change(
            "clock", found, "set the clocks by NTP: leases and S3's signatures rely on them");
  }

  private static Check committer(Path root, Configuration configuration) throws IOException {
    Configuration prepared = new Configuration(configuration);
    ObjectStores.prepare(prepared, root);
    PathOutputCommitter committer =
        PathOutputCommitterFactory.getCommitterFactory(root, prepared)
            .createOutputCommitter(
                root,
                new TaskAttemptContextImpl(
                    prepared,
                    new TaskAttemptID(
                        "doctor", 0, org.apache.hadoop.mapreduce.TaskType.MAP, 0, 0)));
    String name = committer.getClass().getSimpleName();
    try {
      ObjectStores.checkCommitter(root, name, prepared);
      return Check.ok("committer", name);
    } catch (IllegalStateException e) {
      return Check.change("committer", name, e.getMessage());
    }
  }
}
