package org.tessera.pipeline.spark.stats;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;

import java.util.List;
import org.apache.spark.sql.Column;

/**
 * What token rows are grouped by: a column of the token table, the {@code folder} of the uri, or a
 * key of the labels. Immutable.
 */
final class Grouping {
  /** Everything in one group, whose name is empty. */
  static final String ALL = "all";

  private static final List<String> COLUMNS =
      List.of("modality", "tokenizer", "run", "wave", "uri", "member", "segment", "channel");

  private final String name;

  Grouping(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "Cannot group by a blank name (give a column, folder, or a key of the labels)");
    }
    this.name = name;
  }

  String name() {
    return name;
  }

  /** The group of a row as text; empty where a label is missing. */
  Column column() {
    Column value;
    if (name.equals(ALL)) {
      value = lit("");
    } else if (name.equals("folder")) {
      value = regexp_replace(col("uri"), "/[^/]*$", "");
    } else if (COLUMNS.contains(name)) {
      value = col(name).cast("string");
    } else {
      value = coalesce(col("labels").getItem(name), lit(""));
    }
    return value.as("group_" + name);
  }
}
