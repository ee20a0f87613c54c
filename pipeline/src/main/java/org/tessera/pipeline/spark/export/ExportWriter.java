package org.tessera.pipeline.spark.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.tessera.pipeline.export.ExportFormat;
import org.tessera.pipeline.export.ExportSpec;
import org.tessera.pipeline.export.ShardFormat;
import org.tessera.pipeline.export.VocabularyFile;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.spark.WaveCommit;
import org.tessera.pipeline.storage.Storage;

/** Writes the files of one part of an export and checks them. Used by one thread. */
final class ExportWriter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JavaSparkContext spark;
  private final Storage storage;
  private final int number;
  private final ExportSpec spec;
  private long bytes;

  ExportWriter(JavaSparkContext spark, Storage storage, int number, ExportSpec spec) {
    this.spark = spark;
    this.storage = storage;
    this.number = number;
    this.spec = spec;
  }

  /** Bytes of all files. */
  long bytes() {
    return bytes;
  }

  /**
   * Removes what a dead attempt at this part left, writes the shards, and the indexes after them.
   *
   * @return the files with their digests; of trees of files none
   */
  ArrayNode write(JavaPairRDD<String, byte[]> sorted, ShardPlan plan) throws IOException {
    clear();
    List<JsonNode> reports = runTasks(sorted, plan);
    SortedMap<String, JsonNode> reported = new TreeMap<>();
    SortedMap<Integer, String> infos = new TreeMap<>();
    for (JsonNode report : reports) {
      report.path("files").forEach(file -> reported.put(file.path("path").asText(), file));
      report
          .path("shards")
          .forEach(shard -> infos.put(shard.path("number").asInt(), shard.path("info").asText()));
    }
    readBack(reported);
    ArrayNode files = JSON.createArrayNode();
    if (!spec.output().format().equals(ExportFormat.NPY.id())) {
      reported.values().forEach(files::add);
    }
    create(VocabularyFile.NAME, spec.vocabulary());
    for (ShardFormat.Index index : ShardFormat.of(spec).indexes(new ArrayList<>(infos.values()))) {
      create(index.path(), index.text());
    }
    return files;
  }

  private void create(String name, String text) throws IOException {
    if (!storage.create(below(name), text)) {
      throw new IOException(
          "Cannot write "
              + storage.path(below(name))
              + ": it is there already (let only one export write to it)");
    }
  }

  private String below(String name) {
    String folder = ExportLedger.folder(number);
    return folder.isEmpty() ? name : folder + "/" + name;
  }

  private void clear() throws IOException {
    String folder = ExportLedger.folder(number);
    if (!folder.isEmpty()) {
      storage.delete(folder);
    } else {
      for (FileStatus file : storage.fileSystem().listStatus(new Path(storage.root()))) {
        if (!file.getPath().getName().equals(OutputLayout.STATE)) {
          storage.delete(file.getPath().getName());
        }
      }
    }
    storage.delete(ExportLedger.where(number));
  }

  private List<JsonNode> runTasks(JavaPairRDD<String, byte[]> sorted, ShardPlan plan)
      throws IOException {
    String uuid = UUID.randomUUID().toString();
    WaveCommit commit = new WaveCommit(spark.hadoopConfiguration(), storage.root(), uuid, number);
    Broadcast<ShardPlan> broadcast = spark.broadcast(plan);
    commit.setupJob();
    try {
      List<JsonNode> reports = new ArrayList<>();
      WriteTask task =
          new WriteTask(
              spec.toJson(),
              storage.root(),
              ExportLedger.folder(number),
              ExportLedger.where(number),
              uuid,
              number,
              broadcast);
      for (String report : sorted.mapPartitionsWithIndex(task, true).collect()) {
        reports.add(JSON.readTree(report));
      }
      commit.commitJob();
      return reports;
    } catch (RuntimeException | IOException e) {
      commit.abortJob();
      throw e;
    } finally {
      broadcast.destroy();
    }
  }

  /** Every reported file is there with its bytes, and no other is. */
  private void readBack(SortedMap<String, JsonNode> reported) throws IOException {
    String folder = ExportLedger.folder(number);
    Path root = folder.isEmpty() ? new Path(storage.root()) : storage.path(folder);
    long found = 0;
    RemoteIterator<LocatedFileStatus> files = files(root);
    while (files.hasNext()) {
      LocatedFileStatus file = files.next();
      String path = root.toUri().relativize(file.getPath().toUri()).getPath();
      if (path.startsWith(OutputLayout.STATE + "/")
          || path.startsWith("/")
          || folder.isEmpty() && path.matches("part-\\d{4}/.*")) {
        continue;
      }
      JsonNode known = reported.get(path);
      if (known == null || known.path("bytes").asLong() != file.getLen()) {
        throw new IOException(
            String.format(
                "Cannot commit the export: %s has %d bytes, its task reported %s (the storage or"
                    + " the committer lost or repeated data; run again)",
                file.getPath(), file.getLen(), known == null ? "no such file" : known));
      }
      found++;
      bytes += file.getLen();
    }
    if (found != reported.size()) {
      throw new IOException(
          String.format(
              "Cannot commit the export: %d of %d files are missing after the commit (check the"
                  + " committer and the storage; run again)",
              reported.size() - found, reported.size()));
    }
  }

  private RemoteIterator<LocatedFileStatus> files(Path root) throws IOException {
    try {
      return storage.fileSystem().listFiles(root, true);
    } catch (FileNotFoundException e) {
      throw new IOException("Cannot commit the export: nothing was written to " + root, e);
    }
  }
}
