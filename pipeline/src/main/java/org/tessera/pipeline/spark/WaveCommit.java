package org.tessera.pipeline.spark;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.JobID;
import org.apache.hadoop.mapreduce.JobStatus;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitterFactory;
import org.apache.hadoop.mapreduce.task.JobContextImpl;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.spark.mapred.SparkHadoopMapRedUtil;
import org.tessera.pipeline.storage.ObjectStores;

/**
 * The commit protocol of one wave, on Hadoop's committers (the magic committer on S3A, the file
 * committer elsewhere) and Spark's commit coordinator: of several attempts of a task one at most is
 * committed. Each side makes its own from the same job id.
 */
public final class WaveCommit {
  private final Configuration configuration;
  private final Path root;
  private final JobID jobId;
  private final int jobNumber;

  /**
   * A protocol for one Spark job.
   *
   * @param root the output; data folders are below it
   * @param jobUuid unique to this attempt at the wave
   * @param jobNumber the wave
   */
  public WaveCommit(Configuration configuration, String root, String jobUuid, int jobNumber) {
    this.configuration = new Configuration(configuration);
    this.configuration.set("spark.sql.sources.writeJobUUID", jobUuid);
    this.configuration.set("fs.s3a.committer.uuid", jobUuid);
    this.configuration.setBoolean("mapreduce.fileoutputcommitter.marksuccessfuljobs", false);
    this.root = new Path(root);
    ObjectStores.prepare(this.configuration, this.root);
    this.jobId = new JobID(jobUuid, jobNumber);
    this.jobNumber = jobNumber;
  }

  /**
   * Makes sure that the committer is safe for this storage; writes nothing.
   *
   * @throws IllegalStateException naming the setting to change
   */
  public void check() throws IOException {
    ObjectStores.checkCommitter(
        root, committer(driverAttempt()).getClass().getSimpleName(), configuration);
  }

  /** Before the first task. */
  public void setupJob() throws IOException {
    check();
    committer(driverAttempt()).setupJob(job());
  }

  /** After the last task: publishes what the tasks committed. */
  public void commitJob() throws IOException {
    committer(driverAttempt()).commitJob(job());
  }

  /** After a failure: forgets what the tasks wrote. */
  public void abortJob() throws IOException {
    committer(driverAttempt()).abortJob(job(), JobStatus.State.FAILED);
  }

  /** A task attempt, on an executor. */
  public Attempt attempt(int partition, int attemptNumber) throws IOException {
    TaskAttemptID id = new TaskAttemptID(new TaskID(jobId, TaskType.MAP, partition), attemptNumber);
    return new Attempt(new TaskAttemptContextImpl(configuration, id), partition);
  }

  private TaskAttemptContext driverAttempt() {
    return new TaskAttemptContextImpl(
        configuration, new TaskAttemptID(new TaskID(jobId, TaskType.MAP, 0), 0));
  }

  private JobContext job() {
    return new JobContextImpl(configuration, jobId);
  }

  private PathOutputCommitter committer(TaskAttemptContext context) throws IOException {
    return PathOutputCommitterFactory.createCommitter(root, context);
  }

  /** One attempt at one task: write below {@link #workPath}, then commit or abort. */
  public final class Attempt {
    private final TaskAttemptContext context;
    private final PathOutputCommitter committer;
    private final int partition;

    Attempt(TaskAttemptContext context, int partition) throws IOException {
      this.context = context;
      this.partition = partition;
      this.committer = committer(context);
      committer.setupTask(context);
    }

    /** The private folder that stands for the output's root. */
    public Path workPath() throws IOException {
      return committer.getWorkPath();
    }

    /** Asks the driver for permission and commits; fails when another attempt was first. */
    public void commit() {
      SparkHadoopMapRedUtil.commitTask(committer, context, jobNumber, partition);
    }

    /** Forgets what it wrote. */
    public void abort() throws IOException {
      committer.abortTask(context);
    }
  }
}
