package org.tessera.pipeline.export;

import java.util.Arrays;

/** Ids of a text tokenizer that came along as a label: {@code 12 7 9}, or {@code [12, 7, 9]}. */
final class TextIds {
  private TextIds() {}

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException when there is anything but whole numbers
   */
  static int[] parse(String label, String text, String name) {
    String inner = text.strip();
    if (inner.startsWith("[") && inner.endsWith("]")) {
      inner = inner.substring(1, inner.length() - 1).strip();
    }
    if (inner.isEmpty()) {
      return new int[0];
    }
    try {
      return Arrays.stream(inner.split("[\\s,]+")).mapToInt(Integer::parseInt).toArray();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot read label %s of %s as ids: '%s' (give whole numbers; tokenize text before)",
              label, name, inner.length() > 40 ? inner.substring(0, 40) + "..." : inner),
          e);
    }
  }
}
