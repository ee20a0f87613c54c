package org.tessera.pipeline.spark.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.tessera.pipeline.export.Piece;
import org.tessera.pipeline.export.Sequence;
import org.tessera.pipeline.export.ShardSink;
import org.tessera.pipeline.export.ShardTarget;
import org.tessera.pipeline.export.WhereTable;
import org.tessera.pipeline.spark.WaveCommit;
import org.tessera.pipeline.storage.ParquetSink;
import scala.Tuple2;

/** Writes the shards of one part, commits them together, and reports them. */
final class WriteTask
    implements Function2<Integer, Iterator<Tuple2<String, byte[]>>, Iterator<String>> {
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String specJson;
  private final String output;
  private final String folder;
  private final String where;
  private final String jobUuid;
  private final int job;
  private final Broadcast<ShardPlan> plan;

  /**
   * A task.
   *
   * @param output the export
   * @param folder the folder below it that files go to; empty for itself
   * @param where the folder below it of the table of what went where
   */
  WriteTask(
      String specJson,
      String output,
      String folder,
      String where,
      String jobUuid,
      int job,
      Broadcast<ShardPlan> plan) {
    this.specJson = specJson;
    this.output = output;
    this.folder = folder;
    this.where = where;
    this.jobUuid = jobUuid;
    this.job = job;
    this.plan = plan;
  }

  @Override
  public Iterator<String> call(Integer part, Iterator<Tuple2<String, byte[]>> sorted)
      throws IOException {
    List<ShardPlan.Shard> shards = plan.value().shards(part);
    if (shards.isEmpty()) {
      return java.util.Collections.emptyIterator();
    }
    Configuration configuration = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
    WaveCommit.Attempt attempt =
        new WaveCommit(configuration, output, jobUuid, job)
            .attempt(part, TaskContext.get().attemptNumber());
    try {
      String report = write(part, shards, sorted, attempt.workPath(), configuration);
      attempt.commit();
      return List.of(report).iterator();
    } catch (IOException | RuntimeException | Error e) {
      attempt.abort();
      throw e;
    }
  }

  private String write(
      int part,
      List<ShardPlan.Shard> shards,
      Iterator<Tuple2<String, byte[]>> sorted,
      Path work,
      Configuration configuration)
      throws IOException {
    Sequences sequences = new Sequences(specJson);
    ShardTarget target =
        new ShardTarget(folder.isEmpty() ? work : new Path(work, folder), configuration);
    Path table = new Path(work, String.format("%s/where-%05d.parquet", where, part));
    Iterator<Sequence> all = sequences.written(sorted);
    ObjectNode report = JSON.createObjectNode();
    ArrayNode infos = report.putArray("shards");
    try (ParquetSink<WhereTable.Line> lines = WhereTable.open(table, configuration)) {
      for (ShardPlan.Shard shard : shards) {
        try (ShardSink sink = sequences.format().open(target, shard.name())) {
          for (long i = 0; i < shard.sequences(); i++) {
            Sequence sequence = all.next();
            long index = shard.first() + i;
            sink.write(sequence, index);
            String file = sequences.format().file(shard.name(), sequence, index);
            for (Piece piece : sequence.pieces()) {
              lines.write(
                  new WhereTable.Line(piece, sequence.name(), sequence.source(), file, index));
            }
            checkInterrupted();
          }
          infos.addObject().put("number", shard.number()).put("info", sink.finish());
        }
      }
    }
    if (all.hasNext()) {
      throw new IllegalStateException(
          "Cannot write part " + part + ": it has more sequences than were planned (run again)");
    }
    ArrayNode files = report.putArray("files");
    target
        .files()
        .forEach(
            file ->
                files
                    .addObject()
                    .put("path", file.path())
                    .put("bytes", file.bytes())
                    .put("sha256", file.sha256()));
    return report.toString();
  }

  private static void checkInterrupted() throws IOException {
    if (TaskContext.get().isInterrupted()) {
      throw new java.io.InterruptedIOException("Cannot finish the task: it was cancelled");
    }
  }
}
