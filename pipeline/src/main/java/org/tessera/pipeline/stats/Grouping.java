package org.tessera.pipeline.stats;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tessera.pipeline.tokens.TokenFile;

/**
 * What token rows are grouped by: a column of the token table ({@code window} is {@code segment}),
 * the run or wave that wrote it, the folder of the uri, or a key of the labels ({@code source} is
 * the folder where there is no such label). Immutable and thread-safe.
 */
public final class Grouping {
  /** Everything in one group, whose name is empty. */
  public static final String ALL = "all";

  private static final String FOLDER = "folder";
  private static final String WINDOW = "window";
  private static final String SOURCE = "source";
  private static final List<String> COLUMNS =
      List.of(
          "sample_id", "uri", "member", "segment", "channel", "start_s", "end_s", "content_sha256");
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

  /** The column of the token table that it is; empty when it is none. */
  public Optional<String> column() {
    String column = name.equals(WINDOW) ? "segment" : name;
    return COLUMNS.contains(column) ? Optional.of(column) : Optional.empty();
  }

  /** The columns that {@link #group} reads. */
  public Set<String> columns() {
    if (name.equals(ALL) || PLACES.contains(name)) {
      return Set.of();
    }
    if (name.equals(FOLDER)) {
      return Set.of("uri");
    }
    return name.equals(SOURCE) ? Set.of("labels", "uri") : Set.of(column().orElse("labels"));
  }

  /** The group of a file's current row; empty where a label is missing. */
  public String group(TokenFile row, TokenSplit split) {
    return switch (name) {
      case ALL -> "";
      case "run" -> split.run();
      case "wave" -> Integer.toString(split.wave());
      case FOLDER -> folder(row);
      case SOURCE -> {
        String label = row.labels().get(SOURCE);
        yield label == null ? folder(row) : label;
      }
      default -> {
        Optional<String> column = column();
        yield column.isPresent() ? row.value(column.get()) : row.labels().getOrDefault(name, "");
      }
    };
  }

  private static String folder(TokenFile row) {
    String uri = row.text("uri");
    return uri.substring(0, Math.max(0, uri.lastIndexOf('/')));
  }
}
