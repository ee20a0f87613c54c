package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.input_file_name;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.tokens.RowDigest;

/** Finds files whose rows are not those that were written. Used by one thread. */
final class DigestCheck {
  private static final int MAX_FINDINGS = 5;

  private final Tables tables;

  DigestCheck(Tables tables) {
    this.tables = tables;
  }

  List<String> findings() throws IOException {
    SortedMap<String, Long> found = new TreeMap<>();
    Optional<Dataset<Row>> tokens = tables.tokens();
    if (tokens.isPresent()) {
      collect(
          tokens
              .get()
              .select(name(), col("sample_id"), col("content_sha256"), col("shape"), col("tokens")),
          new TokenDigests(),
          found);
    }
    Optional<Dataset<Row>> rejects = tables.rejects();
    if (rejects.isPresent()) {
      collect(
          rejects.get().select(name(), col("sample_id"), col("phase"), col("code"), col("message")),
          new RejectDigests(),
          found);
    }
    List<String> findings = new ArrayList<>();
    for (RunManifest run : tables.ledger().runs()) {
      for (WaveRecord wave : tables.ledger().waves(run.runId()).values()) {
        for (WaveRecord.DataFile file : wave.files()) {
          String actual =
              RowDigest.hex(found.getOrDefault(key(run.runId(), wave.wave(), file.path()), 0L));
          if (!file.digest().isEmpty()
              && !file.digest().equals(actual)
              && tables.storage().exists(file.path())
              && findings.size() < MAX_FINDINGS) {
            findings.add(
                "wave "
                    + wave.wave()
                    + " of "
                    + run.runId()
                    + ": "
                    + file.path()
                    + " does not hold the rows that were written (their digest is "
                    + actual
                    + ", the ledger says "
                    + file.digest()
                    + ")");
          }
        }
      }
    }
    return findings;
  }

  private static org.apache.spark.sql.Column name() {
    return org.apache.spark.sql.functions.concat_ws(
        "/",
        col("run"),
        col("wave"),
        org.apache.spark.sql.functions.regexp_extract(input_file_name(), "([^/]+)$", 1));
  }

  /** File names of one wave differ, as token and reject files of one task do by their table. */
  private static String key(String run, int wave, String path) {
    String table = path.substring(0, path.indexOf('/'));
    return table + "/" + run + "/" + wave + "/" + path.substring(path.lastIndexOf('/') + 1);
  }

  private static void collect(
      Dataset<Row> rows,
      MapPartitionsFunction<Row, String> digests,
      SortedMap<String, Long> found) {
    for (String line : rows.mapPartitions(digests, Encoders.STRING()).collectAsList()) {
      int space = line.lastIndexOf(' ');
      found.merge(line.substring(0, space), Long.parseLong(line.substring(space + 1)), Long::sum);
    }
  }

  /** Sums of digests, one line for each file in the partition. */
  private abstract static class Digests implements MapPartitionsFunction<Row, String> {
    private static final long serialVersionUID = 1L;

    abstract void add(Row row, RowDigest digest);

    abstract String table();

    @Override
    public Iterator<String> call(Iterator<Row> rows) {
      Map<String, RowDigest> sums = new TreeMap<>();
      while (rows.hasNext()) {
        Row row = rows.next();
        add(row, sums.computeIfAbsent(row.getString(0), file -> new RowDigest()));
      }
      return sums.entrySet().stream()
          .map(sum -> table() + "/" + sum.getKey() + " " + sum.getValue().sum())
          .iterator();
    }
  }

  private static final class TokenDigests extends Digests {
    private static final long serialVersionUID = 1L;

    @Override
    String table() {
      return "tokens";
    }

    @Override
    void add(Row row, RowDigest digest) {
      digest.tokens(row.getString(1), row.getString(2), ints(row, 3), ints(row, 4));
    }

    private static int[] ints(Row row, int column) {
      List<Integer> list = row.getList(column);
      int[] values = new int[list.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = list.get(i);
      }
      return values;
    }
  }

  private static final class RejectDigests extends Digests {
    private static final long serialVersionUID = 1L;

    @Override
    String table() {
      return "rejects";
    }

    @Override
    void add(Row row, RowDigest digest) {
      digest.reject(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
    }
  }
}
