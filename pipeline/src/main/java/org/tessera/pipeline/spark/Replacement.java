package org.tessera.pipeline.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.SourcePrefixes;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.plan.PlanTable;
import org.tessera.pipeline.storage.Storage;
import org.tessera.pipeline.tokens.RowFilter;

/**
 * Takes the rows that a run replaces out of the files of earlier runs: each file that holds some is
 * copied without them, a new record takes the place of its wave's, and the old file is deleted.
 * Whatever dies between, doing it again ends in the same state. Used by one thread.
 */
final class Replacement {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JavaSparkContext spark;
  private final Storage storage;
  private final Ledger ledger;
  private final Configuration configuration;

  Replacement(JavaSparkContext spark, Storage storage, Ledger ledger) {
    this.spark = spark;
    this.storage = storage;
    this.ledger = ledger;
    this.configuration = spark.hadoopConfiguration();
  }

  /** Replaces what a run replaces, unless that is done; its waves are committed. */
  void replace(RunManifest run) throws IOException {
    if (ledger.replaced(run)) {
      return;
    }
    Claims claims = claims(run);
    Broadcast<Claims> shared = spark.broadcast(claims);
    try {
      for (RunManifest earlier : earlier(run)) {
        SortedMap<Integer, WaveRecord> waves = ledger.waves(earlier.runId());
        for (int wave : wavesOf(earlier, claims)) {
          if (waves.containsKey(wave)) {
            replace(earlier, waves.get(wave), shared);
          }
        }
      }
    } finally {
      shared.destroy();
    }
    ledger.markReplaced(run);
  }

  /** The files, by their waves, that hold rows which a plan would replace. */
  List<String> wouldRewrite(RunManifest run, Claims claims) throws IOException {
    List<String> files = new ArrayList<>();
    for (RunManifest earlier : earlier(run)) {
      SortedMap<Integer, WaveRecord> waves = ledger.waves(earlier.runId());
      for (int wave : wavesOf(earlier, claims)) {
        if (waves.containsKey(wave)) {
          files.add("wave " + wave + " of " + earlier.runId() + ": the replaced rows");
        }
      }
    }
    return files;
  }

  private List<RunManifest> earlier(RunManifest run) throws IOException {
    List<RunManifest> earlier = new ArrayList<>();
    for (RunManifest other : ledger.runs()) {
      if (other.runId().equals(run.runId())) {
        break;
      }
      if (other.fingerprint().equals(run.fingerprint())) {
        earlier.add(other);
      }
    }
    return earlier;
  }

  private Claims claims(RunManifest run) throws IOException {
    Claims claims = new Claims();
    PlanTable.readAll(
        storage.path(OutputLayout.plan(run.runId())),
        configuration,
        (input, wave) -> claims.add(input));
    return claims;
  }

  private TreeSet<Integer> wavesOf(RunManifest run, Claims claims) throws IOException {
    TreeSet<Integer> waves = new TreeSet<>();
    PlanTable.readAll(
        storage.path(OutputLayout.plan(run.runId())),
        configuration,
        (input, wave) -> {
          if (claims.has(input.object().uri())) {
            waves.add(wave);
          }
        });
    return waves;
  }

  private void replace(RunManifest run, WaveRecord record, Broadcast<Claims> claims)
      throws IOException {
    deleteUnlisted(run, record);
    List<String> paths =
        record.files().stream().map(file -> storage.path(file.path()).toString()).toList();
    if (paths.isEmpty()) {
      return;
    }
    List<String> sources =
        run.sources().stream()
            .filter(source -> !source.contains(" "))
            .map(source -> Bundles.absolute(source, configuration))
            .toList();
    List<String> results =
        spark
            .parallelize(paths, paths.size())
            .map(new FilterTask(claims, new ArrayList<>(sources)))
            .collect();
    List<WaveRecord.DataFile> files = new ArrayList<>();
    Counts counts = Counts.fromNode(record.counts().toNode());
    boolean changed = false;
    for (int i = 0; i < results.size(); i++) {
      WaveRecord.DataFile old = record.files().get(i);
      if (results.get(i).isEmpty()) {
        files.add(old);
        continue;
      }
      changed = true;
      JsonNode node = parse(results.get(i));
      counts.subtract(Counts.fromNode(node.path("removed")));
      if (node.has("name")) {
        String folder = old.path().substring(0, old.path().lastIndexOf('/') + 1);
        files.add(
            new WaveRecord.DataFile(
                folder + node.path("name").asText(),
                node.path("rows").asLong(),
                node.path("bytes").asLong(),
                node.path("digest").asText()));
      }
    }
    if (changed) {
      WaveRecord amended =
          new WaveRecord(
              record.wave(),
              record.inputs(),
              counts,
              files,
              record.seconds(),
              record.device(),
              record.threads(),
              record.applicationId(),
              record.committedAt());
      if (!ledger.amend(run.runId(), amended)) {
        throw new IllegalStateException(
            "Cannot move rows out of wave "
                + record.wave()
                + " of "
                + run.runId()
                + ": another process did (let only one run at a time write to "
                + storage.root()
                + ")");
      }
      deleteUnlisted(run, amended);
    }
  }

  /** Files in a committed wave's folders that its record does not list. */
  private void deleteUnlisted(RunManifest run, WaveRecord record) throws IOException {
    Set<String> listed = new HashSet<>();
    record.files().forEach(file -> listed.add(file.path()));
    for (String table : List.of("tokens", "rejects")) {
      String folder =
          OutputLayout.waveData(table, run.modality(), run.tokenizer(), run.runId(), record.wave());
      for (FileStatus status : storage.list(folder)) {
        String path = folder + "/" + status.getPath().getName();
        if (path.endsWith(".parquet") && !listed.contains(path)) {
          storage.delete(path);
        }
      }
    }
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read a task's report: " + text, e);
    }
  }

  /** Copies one file without the claimed rows; an empty text when it has none. */
  private static final class FilterTask implements Function<String, String> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<Claims> claims;
    private final ArrayList<String> sources;

    FilterTask(Broadcast<Claims> claims, ArrayList<String> sources) {
      this.claims = claims;
      this.sources = sources;
    }

    @Override
    public String call(String file) throws IOException {
      boolean rejects = file.contains("/rejects/modality=");
      RowFilter filter =
          new RowFilter(
              SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()),
              (uri, member) -> claims.value().removes(uri, member, rejects),
              new SourcePrefixes(sources)::of);
      return filter.apply(new Path(file)).map(FilterTask::report).orElse("");
    }

    private static String report(RowFilter.Result result) {
      ObjectNode node = JSON.createObjectNode();
      result.path().ifPresent(path -> node.put("name", path.getName()));
      node.put("rows", result.rows());
      node.put("bytes", result.bytes());
      node.put("digest", result.digest());
      node.set("removed", result.removed().toNode());
      return node.toString();
    }
  }
}
