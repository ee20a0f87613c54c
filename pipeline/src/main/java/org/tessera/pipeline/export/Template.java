package org.tessera.pipeline.export;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a sequence is put together, e.g. {@code <boi>{image}<eoi>{text:caption}}: special tokens in
 * angle brackets, rows and text in braces, sizes as {@code {image.row}}. Immutable and thread-safe.
 *
 * @param name names the sequences made by it
 * @param text as it was given
 * @param parts what it consists of
 */
public record Template(String name, String text, List<Part> parts) {
  private static final Pattern PART =
      Pattern.compile("<([^<>{}]+)>|\\{([^<>{}:.]+)(?:([:.])([^<>{}]+))?}");

  /** What a part stands for. */
  public enum Kind {
    /** A special token. */
    SPECIAL,
    /** The rows of a tokenizer or modality. */
    ROWS,
    /** The ids in a label. */
    TEXT,
    /** The size tag of an axis of the first row. */
    SIZE
  }

  /**
   * A part.
   *
   * @param kind what it stands for
   * @param name the special token, the tokenizer or modality, or the label
   * @param axis the axis of a size
   */
  public record Part(Kind kind, String name, String axis) {}

  public Template {
    parts = List.copyOf(parts);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException when there is something in it that is no part
   */
  public static Template parse(String name, String text) {
    List<Part> parts = new ArrayList<>();
    Matcher matcher = PART.matcher(text);
    int end = 0;
    while (matcher.find()) {
      if (matcher.start() != end) {
        throw unreadable(text, text.substring(end, matcher.start()));
      }
      end = matcher.end();
      parts.add(part(matcher, text));
    }
    if (end != text.length() || parts.isEmpty()) {
      throw unreadable(text, text.substring(end));
    }
    return new Template(name, text, parts);
  }

  private static Part part(Matcher matcher, String text) {
    if (matcher.group(1) != null) {
      return new Part(Kind.SPECIAL, matcher.group(1), "");
    }
    String name = matcher.group(2);
    if (name.equals("text") && !".".equals(matcher.group(3))) {
      return new Part(Kind.TEXT, matcher.group(4) == null ? "text" : matcher.group(4), "");
    }
    if (":".equals(matcher.group(3))) {
      throw unreadable(text, matcher.group());
    }
    return matcher.group(4) == null
        ? new Part(Kind.ROWS, name, "")
        : new Part(Kind.SIZE, name, matcher.group(4));
  }

  private static IllegalArgumentException unreadable(String text, String part) {
    return new IllegalArgumentException(
        "Cannot read the template "
            + text
            + ": '"
            + part
            + "' is no part of one (give <special>, {modality}, {tokenizer}, {tokenizer.axis} or"
            + " {text:label})");
  }
}
