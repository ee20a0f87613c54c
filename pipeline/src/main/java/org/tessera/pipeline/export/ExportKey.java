package org.tessera.pipeline.export;

import java.util.Locale;

/**
 * Which rows belong to one sequence: those with the same key. Immutable and thread-safe.
 *
 * @param kind what the key is made of
 * @param label the label, for {@link Kind#LABEL}; else empty
 */
public record ExportKey(Kind kind, String label) {
  /** What a key is made of. */
  public enum Kind {
    /** The sample id: one row of each tokenizer. */
    SAMPLE_ID,
    /** The object and the path in it: all segments and channels of one file. */
    SOURCE,
    /** The same without the last extension: files that lie beside each other. */
    NAME,
    /** The file's base name without the last extension, wherever it lies. */
    STEM,
    /** A label. */
    LABEL
  }

  /**
   * Reads the form of options: {@code sample_id}, {@code source}, {@code name}, {@code stem} or
   * {@code label:NAME}.
   *
   * @throws IllegalArgumentException when it is none of these
   */
  public static ExportKey parse(String text) {
    if (text.startsWith("label:") && text.length() > 6) {
      return new ExportKey(Kind.LABEL, text.substring(6));
    }
    for (Kind kind : Kind.values()) {
      if (kind != Kind.LABEL && kind.name().toLowerCase(Locale.ROOT).equals(text)) {
        return new ExportKey(kind, "");
      }
    }
    throw new IllegalArgumentException(
        "Cannot join by " + text + " (choose sample_id, source, name, stem or label:NAME)");
  }

  /**
   * The key of a row.
   *
   * @throws IllegalArgumentException when it lacks the label
   */
  public String of(ExportRow row) {
    ExportRow.Identity id = row.identity();
    return switch (kind) {
      case SAMPLE_ID -> id.sampleId();
      case SOURCE -> path(id);
      case NAME -> withoutExtension(path(id));
      case STEM -> stem(id);
      case LABEL -> label(row);
    };
  }

  private String label(ExportRow row) {
    String value = row.labels().get(label);
    if (value == null) {
      throw new IllegalArgumentException(
          "Cannot join sample "
              + row.identity().sampleId()
              + ": it has no label "
              + label
              + " (it has "
              + row.labels().keySet()
              + ")");
    }
    return value;
  }

  /** The base name of a row's file without its last extension. */
  public static String stem(ExportRow.Identity id) {
    String path = withoutExtension(path(id));
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('!')) + 1);
  }

  private static String path(ExportRow.Identity id) {
    return id.member().isEmpty() ? id.uri() : id.uri() + "!" + id.member();
  }

  private static String withoutExtension(String path) {
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : path;
  }
}
