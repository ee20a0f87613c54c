package org.tessera.pipeline.stats;

import java.util.List;
import java.util.Set;
import org.tessera.pipeline.tokens.TokenFile;

/**
 * What token rows are grouped by: a column of the token table, the folder of the uri, or a key of
 * the labels. Immutable and thread-safe.
 */
public final class Grouping {
  /** Everything in one group, whose name is empty. */
  public static final String ALL = "all";

  private static final String FOLDER = "folder";
  private static final List<String> TEXTS = List.of("uri", "member");
  private static final List<String> NUMBERS = List.of("segment", "channel");
  private static final List<String> PLACES = List.of("run", "wave");

  private final String name;

  private Grouping(String name) {
    this.name = name;
  }

  /**
   * The grouping of a name.
   *
   * @throws IllegalArgumentException when the name is blank
   */
  public static Grouping of(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "Cannot group by a blank name (give a column, folder, or a key of the labels)");
    }
    return new Grouping(name);
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** The columns that {@link #group} reads. */
  public Set<String> columns() {
    if (name.equals(ALL) || PLACES.contains(name)) {
      return Set.of();
    }
    if (name.equals(FOLDER)) {
      return Set.of("uri");
    }
    return Set.of(TEXTS.contains(name) || NUMBERS.contains(name) ? name : "labels");
  }

  /** The group of a file's current row; empty where a label is missing. */
  public String group(TokenFile row, TokenSplit split) {
    if (name.equals(ALL)) {
      return "";
    }
    if (name.equals("run")) {
      return split.run();
    }
    if (name.equals("wave")) {
      return Integer.toString(split.wave());
    }
    if (name.equals(FOLDER)) {
      String uri = row.text("uri");
      return uri.substring(0, Math.max(0, uri.lastIndexOf('/')));
    }
    if (TEXTS.contains(name)) {
      return row.text(name);
    }
    return NUMBERS.contains(name)
        ? Integer.toString(row.integer(name))
        : row.labels().getOrDefault(name, "");
  }
}
