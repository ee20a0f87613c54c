package org.tessera.jobs.report;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.pipeline.stats.Grouping;

/** The statistics of each tokenizer, thinned out to what can be drawn. */
final class CodebookSection {
  /** Slots beyond so many are in the tables only. */
  static final int MOST_SLOTS = 24;

  private static final int LENGTH_BINS = 48;
  private static final int MOST_PLACES = 256;

  private final SparkSession spark;
  private final String folder;

  /** Reads below a folder {@code codebook_stats}. */
  CodebookSection(SparkSession spark, String folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /** One object a tokenizer. */
  void write(ObjectNode report) {
    ArrayNode codebooks = report.putArray("codebooks");
    Map<String, ObjectNode> byFingerprint = new LinkedHashMap<>();
    for (Row row : all("metrics").orderBy("modality", "tokenizer", "slot").collectAsList()) {
      String fingerprint = row.getAs("fingerprint");
      ObjectNode codebook =
          byFingerprint.computeIfAbsent(fingerprint, any -> codebook(codebooks, row));
      String slot = row.getAs("slot").toString();
      codebook
          .withObjectProperty("metrics")
          .withObjectProperty(slot)
          .put(row.<String>getAs("metric"), row.<Double>getAs("value"));
    }
    histograms(byFingerprint);
    lengths(byFingerprint);
    GroupSection groups = new GroupSection(spark, folder);
    byFingerprint.forEach(
        (fingerprint, codebook) -> {
          errors(fingerprint, codebook);
          growth(fingerprint, codebook);
          groups.write(fingerprint, codebook);
        });
    positions(byFingerprint);
    pairs(byFingerprint);
  }

  private static ObjectNode codebook(ArrayNode codebooks, Row row) {
    return codebooks
        .addObject()
        .put("modality", row.<String>getAs("modality"))
        .put("tokenizer", row.<String>getAs("tokenizer"))
        .put("fingerprint", row.<String>getAs("fingerprint"))
        .put("slot_axis", row.<String>getAs("slot_axis"));
  }

  /** A table's rows of everything in one group. */
  private Dataset<Row> all(String table) {
    return spark.read().parquet(folder + "/" + table).filter(col("grouping").equalTo(Grouping.ALL));
  }

  private void histograms(Map<String, ObjectNode> byFingerprint) {
    byFingerprint.values().forEach(codebook -> codebook.putArray("slots"));
    Iterator<Row> rows =
        all("histogram")
            .filter(col("slot").lt(MOST_SLOTS))
            .select("fingerprint", "slot", "code", "count")
            .orderBy("fingerprint", "slot", "code")
            .toLocalIterator();
    Row next = rows.hasNext() ? rows.next() : null;
    while (next != null) {
      String fingerprint = next.getString(0);
      int slot = next.getInt(1);
      long[] counts = new long[1024];
      int codes = 0;
      while (next != null && next.getString(0).equals(fingerprint) && next.getInt(1) == slot) {
        codes = next.getInt(2) + 1;
        counts = codes > counts.length ? Arrays.copyOf(counts, 2 * codes) : counts;
        counts[codes - 1] = next.getLong(3);
        next = rows.hasNext() ? rows.next() : null;
      }
      ObjectNode node = byFingerprint.get(fingerprint).withArrayProperty("slots").addObject();
      node.put("slot", slot);
      SlotUse.write(Arrays.copyOf(counts, codes), node);
    }
  }

  /** Lengths in at most so many equal bins. */
  private void lengths(Map<String, ObjectNode> byFingerprint) {
    Map<String, List<Row>> rows = new LinkedHashMap<>();
    for (Row row : all("lengths").orderBy("length").collectAsList()) {
      rows.computeIfAbsent(row.getAs("fingerprint"), any -> new java.util.ArrayList<>()).add(row);
    }
    rows.forEach(
        (fingerprint, lengths) -> {
          int least = lengths.get(0).getAs("length");
          int most = lengths.get(lengths.size() - 1).getAs("length");
          int width = (most - least) / LENGTH_BINS + 1;
          long[] bins = new long[(most - least) / width + 1];
          for (Row row : lengths) {
            bins[(row.<Integer>getAs("length") - least) / width] += row.<Long>getAs("rows");
          }
          ArrayNode node = byFingerprint.get(fingerprint).putArray("lengths");
          for (int bin = 0; bin < bins.length; bin++) {
            node.addArray().add(least + bin * width).add(width).add(bins[bin]);
          }
        });
  }

  private void errors(String fingerprint, ObjectNode codebook) {
    ArrayNode errors = codebook.putArray("errors");
    for (Row row :
        all("quantization_error")
            .filter(col("fingerprint").equalTo(fingerprint).and(col("level").lt(MOST_SLOTS)))
            .orderBy("level", "lower")
            .collectAsList()) {
      errors
          .addArray()
          .add(row.<Integer>getAs("level"))
          .add(row.<Double>getAs("lower"))
          .add(row.<Double>getAs("upper"))
          .add(row.<Long>getAs("count"));
    }
  }

  private void growth(String fingerprint, ObjectNode codebook) {
    ArrayNode growth = codebook.putArray("growth");
    for (Row row :
        all("growth")
            .filter(col("fingerprint").equalTo(fingerprint).and(col("slot").lt(MOST_SLOTS)))
            .orderBy("slot", "tokens")
            .collectAsList()) {
      growth
          .addArray()
          .add(row.<Integer>getAs("slot"))
          .add(row.<Long>getAs("tokens"))
          .add(row.<Long>getAs("distinct_codes"));
    }
  }

  /** Entropy along an axis, where it was counted. */
  private void positions(Map<String, ObjectNode> byFingerprint) {
    if (!exists("positions")) {
      return;
    }
    for (Row row :
        all("positions")
            .filter(
                col("metric")
                    .equalTo("entropy")
                    .and(col("slot").lt(MOST_SLOTS))
                    .and(col("position").lt(MOST_PLACES)))
            .orderBy("slot", "position")
            .collectAsList()) {
      ObjectNode codebook = byFingerprint.get(row.<String>getAs("fingerprint"));
      codebook.put("position_axis", row.<String>getAs("axis"));
      codebook
          .withArrayProperty("positions")
          .addArray()
          .add(row.<Integer>getAs("slot"))
          .add(row.<Integer>getAs("position"))
          .add(row.<Double>getAs("value"));
    }
  }

  /** The mutual information of each two slots; statistics of before have none. */
  private void pairs(Map<String, ObjectNode> byFingerprint) {
    if (!exists("pairs")) {
      return;
    }
    for (Row row :
        all("pairs")
            .filter(col("metric").equalTo("pair_mutual_information"))
            .filter(col("other").lt(MOST_SLOTS))
            .orderBy("slot", "other")
            .collectAsList()) {
      byFingerprint
          .get(row.<String>getAs("fingerprint"))
          .withArrayProperty("pairs")
          .addArray()
          .add(row.<Integer>getAs("slot"))
          .add(row.<Integer>getAs("other"))
          .add(row.<Double>getAs("value"));
    }
  }

  private boolean exists(String table) {
    try {
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(folder, table);
      return path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException("Cannot look for " + folder + "/" + table, e);
    }
  }
}
