package org.tessera.pipeline.tokens;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.storage.ParquetSink;

/** Copies a token or reject file without some of its rows. Thread-safe. */
public final class RowFilter {
  private static final String NAMES =
      "message names { required binary uri (STRING); required binary member (STRING); }";

  private final Configuration configuration;
  private final BiPredicate<String, String> removed;
  private final Function<String, String> prefixes;

  /**
   * A filter.
   *
   * @param removed whether the rows of a uri and member go
   * @param prefixes under which prefix a uri is counted
   */
  public RowFilter(
      Configuration configuration,
      BiPredicate<String, String> removed,
      Function<String, String> prefixes) {
    this.configuration = configuration;
    this.removed = removed;
    this.prefixes = prefixes;
  }

  /**
   * What became of a file.
   *
   * @param path the new file; empty when no row is left
   * @param removed what went
   */
  public record Result(Optional<Path> path, long rows, long bytes, String digest, Counts removed) {}

  /** Copies a file beside itself; empty when all of its rows stay, and nothing is written. */
  public Optional<Result> apply(Path file) throws IOException {
    if (!anyRemoved(file)) {
      return Optional.empty();
    }
    FileMetaData metadata;
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, configuration))) {
      metadata = reader.getFileMetaData();
    }
    Map<String, String> texts = new HashMap<>(metadata.getKeyValueMetaData());
    texts.keySet().removeIf(key -> !key.startsWith("tessera."));
    Path target = new Path(file.getParent(), "part-kept-" + UUID.randomUUID() + ".parquet");
    Counts gone = new Counts();
    RowDigest digest = new RowDigest();
    long rows = 0;
    try (ParquetReader<Group> reader = reader(file, configuration);
        ParquetSink<Group> sink =
            ParquetSink.ofGroups(target, configuration, metadata.getSchema(), texts)) {
      String last = "";
      for (Group row = reader.read(); row != null; row = reader.read()) {
        String uri = row.getString("uri", 0);
        String member = row.getString("member", 0);
        if (removed.test(uri, member)) {
          count(row, !last.equals(uri + '\0' + member), gone);
        } else {
          digest(row, digest);
          sink.write(row);
          rows++;
        }
        last = uri + '\0' + member;
      }
    }
    if (rows == 0) {
      target.getFileSystem(configuration).delete(target, false);
      return Optional.of(new Result(Optional.empty(), 0, 0, "", gone));
    }
    long bytes = target.getFileSystem(configuration).getFileStatus(target).getLen();
    return Optional.of(
        new Result(Optional.of(target), rows, bytes, RowDigest.hex(digest.sum()), gone));
  }

  private boolean anyRemoved(Path file) throws IOException {
    Configuration names = new Configuration(configuration);
    names.set(ReadSupport.PARQUET_READ_SCHEMA, NAMES);
    try (ParquetReader<Group> reader = reader(file, names)) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        if (removed.test(row.getString("uri", 0), row.getString("member", 0))) {
          return true;
        }
      }
    }
    return false;
  }

  private static ParquetReader<Group> reader(Path file, Configuration configuration)
      throws IOException {
    return ParquetReader.builder(new GroupReadSupport(), file).withConf(configuration).build();
  }

  private void count(Group row, boolean newSample, Counts gone) {
    boolean rejected = isReject(row);
    if (newSample) {
      gone.add("samples", 1);
      gone.add(rejected ? "rejected" : "tokenized", 1);
      gone.addPrefix(prefixes.apply(row.getString("uri", 0)), 1, rejected ? 1 : 0);
    }
    if (rejected) {
      gone.reject(row.getString("phase", 0) + "/" + row.getString("code", 0));
    } else {
      gone.add("rows", 1);
      gone.add("tokens", row.getGroup("tokens", 0).getFieldRepetitionCount(0));
    }
  }

  private static void digest(Group row, RowDigest digest) {
    if (isReject(row)) {
      digest.reject(
          row.getString("sample_id", 0),
          row.getString("phase", 0),
          row.getString("code", 0),
          row.getString("message", 0));
    } else {
      digest.tokens(
          row.getString("sample_id", 0),
          row.getString("content_sha256", 0),
          ints(row.getGroup("shape", 0)),
          ints(row.getGroup("tokens", 0)));
    }
  }

  private static boolean isReject(Group row) {
    return row.getType().containsField("phase");
  }

  private static int[] ints(Group list) {
    int[] values = new int[list.getFieldRepetitionCount(0)];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.getGroup(0, i).getInteger(0, 0);
    }
    return values;
  }
}
