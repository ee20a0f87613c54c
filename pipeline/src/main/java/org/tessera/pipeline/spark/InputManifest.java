package org.tessera.pipeline.spark;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.tessera.model.bundle.Suggestions;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.plan.PlannedInput.ObjectState;

/**
 * Inputs from a table instead of a listing: CSV with a header, JSON lines or Parquet, with a column
 * {@code uri} and, where known, {@code size}, {@code etag} and {@code modified} (milliseconds). All
 * other columns are passed through. Relative URIs are meant from the manifest's folder. Rows are
 * taken one by one, in order. Used by one thread.
 */
final class InputManifest {
  /** Where Spark puts the text of a row that it cannot parse. */
  private static final String CORRUPT = "_corrupt_record";

  private static final List<String> OWN = List.of("uri", "size", "etag", "modified", CORRUPT);

  /** A URI; other colons are those of file names. */
  private static final Pattern URI = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:/.*", Pattern.DOTALL);

  private final SparkSession spark;

  InputManifest(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Reads a manifest.
   *
   * @throws IllegalArgumentException when it has no column {@code uri}, no rows, or one that cannot
   *     be used
   */
  void read(String manifest, Consumer<PlannedInput> sink) throws IOException {
    Path path = new Path(manifest);
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    FileSystem fileSystem = path.getFileSystem(configuration);
    if (!fileSystem.exists(path)) {
      throw new java.io.FileNotFoundException(
          "Cannot read manifest " + manifest + ": nothing is there (check the path)");
    }
    if (isUtf16(fileSystem, path)) {
      throw new IllegalArgumentException(
          "Cannot read manifest " + manifest + ": it is UTF-16 (save it as UTF-8)");
    }
    Path folder = fileSystem.makeQualified(path).getParent();
    Dataset<Row> table = readable(manifest);
    List<String> columns = Arrays.asList(table.columns());
    if (!columns.isEmpty() && !columns.contains("uri")) {
      throw new IllegalArgumentException(
          "Cannot read manifest "
              + manifest
              + ": it has no column uri ("
              + Suggestions.of(
                  "uri", columns.stream().filter(column -> !column.equals(CORRUPT)).toList())
              + ")");
    }
    Iterator<Row> rows = columns.isEmpty() ? Collections.emptyIterator() : table.toLocalIterator();
    if (!rows.hasNext()) {
      throw new IllegalArgumentException(
          "Cannot read manifest " + manifest + ": it names no input (check what wrote it)");
    }
    for (long number = 1; rows.hasNext(); number++) {
      sink.accept(input(rows.next(), columns, folder, manifest + ", row " + number));
    }
  }

  /** Whether a file begins with the byte order mark of UTF-16, or with half a character of it. */
  private static boolean isUtf16(FileSystem fileSystem, Path path) throws IOException {
    if (fileSystem.getFileStatus(path).isDirectory()) {
      return false;
    }
    try (InputStream in = fileSystem.open(path)) {
      int first = in.read();
      int second = in.read();
      return first == 0 || second == 0 || (first >= 0xfe && first + second == 0xfe + 0xff);
    }
  }

  private Dataset<Row> readable(String manifest) {
    try {
      return table(manifest);
    } catch (Exception e) {
      if (e instanceof IllegalArgumentException wrongName) {
        throw wrongName;
      }
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new IllegalArgumentException(
          "Cannot read manifest "
              + manifest
              + ": "
              + String.valueOf(cause.getMessage()).lines().findFirst().orElse(""),
          e);
    }
  }

  private Dataset<Row> table(String manifest) {
    String name = manifest.toLowerCase(Locale.ROOT).replaceAll("\\.(gz|zst|bz2)$", "");
    if (name.endsWith(".csv") || name.endsWith(".tsv")) {
      DataFrameReader reader =
          spark
              .read()
              .option("header", true)
              .option("multiLine", false)
              .option("sep", name.endsWith(".tsv") ? "\t" : ",")
              .option("escape", "\"");
      Dataset<Row> table = reader.csv(manifest);
      return table.columns().length == 0
          ? table
          : reader.schema(table.schema().add(CORRUPT, DataTypes.StringType)).csv(manifest);
    }
    if (name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")) {
      return spark.read().json(manifest);
    }
    if (name.endsWith(".parquet")) {
      return spark.read().parquet(manifest);
    }
    throw new IllegalArgumentException(
        "Cannot read manifest "
            + manifest
            + ": its name must end in .csv, .tsv, .jsonl or .parquet");
  }

  private static PlannedInput input(Row row, List<String> columns, Path folder, String place) {
    text(row, columns, CORRUPT)
        .ifPresent(
            line -> {
              throw new IllegalArgumentException(
                  "Cannot use "
                      + place
                      + ": it does not have the header's columns, or is cut short: "
                      + line);
            });
    String uri =
        text(row, columns, "uri")
            .orElseThrow(
                () -> new IllegalArgumentException("Cannot use " + place + ": it has no uri"));
    SortedMap<String, String> labels = new TreeMap<>();
    for (int i = 0; i < columns.size(); i++) {
      if (!OWN.contains(columns.get(i)) && !row.isNullAt(i)) {
        labels.put(columns.get(i), row.get(i).toString());
      }
    }
    ObjectState state =
        new ObjectState(
            absolute(uri, folder),
            number(row, columns, "size", -1, place),
            number(row, columns, "modified", 0, place),
            text(row, columns, "etag").orElse(""));
    return new PlannedInput(state, List.of(), labels);
  }

  private static String absolute(String uri, Path folder) {
    Path path =
        new Path(uri.startsWith("/") || URI.matcher(uri).matches() ? uri : folder + "/" + uri);
    return path.toUri().getScheme() == null ? "file:" + path : path.toString();
  }

  private static Optional<String> text(Row row, List<String> columns, String name) {
    int index = columns.indexOf(name);
    return index < 0 || row.isNullAt(index) || row.get(index).toString().isBlank()
        ? Optional.empty()
        : Optional.of(row.get(index).toString());
  }

  private static long number(
      Row row, List<String> columns, String name, long missing, String place) {
    Optional<String> text = text(row, columns, name);
    if (text.isEmpty()) {
      return missing;
    }
    try {
      return Long.parseLong(text.get().strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Cannot use " + place + ": " + name + " is no whole number: " + text.get(), e);
    }
  }
}
