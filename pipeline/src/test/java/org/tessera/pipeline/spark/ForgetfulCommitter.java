package org.tessera.pipeline.spark;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.FileOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitterFactory;

/** Commits as it should, and then loses one file of some jobs, as a broken object store does. */
public final class ForgetfulCommitter extends PathOutputCommitterFactory {
  static final AtomicInteger JOBS_LEFT = new AtomicInteger();

  @Override
  public PathOutputCommitter createOutputCommitter(Path output, TaskAttemptContext context)
      throws IOException {
    return new FileOutputCommitter(output, context) {
      @Override
      public void commitJob(JobContext job) throws IOException {
        super.commitJob(job);
        if (JOBS_LEFT.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
          return;
        }
        FileSystem files = output.getFileSystem(job.getConfiguration());
        RemoteIterator<LocatedFileStatus> tokens =
            files.listFiles(new Path(output, "tokens"), true);
        if (tokens.hasNext()) {
          files.delete(tokens.next().getPath(), false);
        }
      }
    };
  }
}
