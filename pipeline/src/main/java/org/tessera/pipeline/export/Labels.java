package org.tessera.pipeline.export;

/** Labels of sequences that files need. */
final class Labels {
  private Labels() {}

  /**
   * A label's text.
   *
   * @throws IllegalArgumentException when the sequence lacks it
   */
  static String text(Sequence sequence, String label) {
    String value = sequence.labels().get(label);
    if (value == null) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot write label %s of %s: it has none (it has %s)",
              label, sequence.name(), sequence.labels().keySet()));
    }
    return value;
  }

  /**
   * A label that is a whole number.
   *
   * @throws IllegalArgumentException when it is none
   */
  static long number(Sequence sequence, String label) {
    String value = text(sequence, label);
    try {
      return Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot write label %s of %s as a class id: '%s' is not a whole number",
              label, sequence.name(), value),
          e);
    }
  }
}
