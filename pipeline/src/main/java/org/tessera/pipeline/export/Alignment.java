package org.tessera.pipeline.export;

import java.util.List;

/**
 * Whether rows of several tokenizers show the same: the same bytes, window in time, and crop, which
 * is compared by its share of the image, within a pixel.
 */
public final class Alignment {
  private Alignment() {}

  /**
   * Checks the rows of one sample id.
   *
   * @throws IllegalArgumentException when two do not show the same, or are of one tokenizer
   */
  public static void check(List<ExportRow> rows) {
    ExportRow first = rows.get(0);
    for (ExportRow row : rows.subList(1, rows.size())) {
      if (row.tokenizer().equals(first.tokenizer())) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot export sample %s: it has two rows of %s (run verify)",
                first.identity().sampleId(), first.tokenizer()));
      }
      ExportRow.Identity a = first.identity();
      ExportRow.Identity b = row.identity();
      if (!a.sha256().equals(b.sha256())) {
        throw misaligned(first, row, "bytes", a.sha256(), b.sha256());
      }
      if (Math.abs(a.startS() - b.startS()) > 1e-6 || Math.abs(a.endS() - b.endS()) > 1e-6) {
        throw misaligned(
            first,
            row,
            "window",
            a.startS() + " s to " + a.endS() + " s",
            b.startS() + " s to " + b.endS() + " s");
      }
      if (!first.crop().shows(row.crop())) {
        throw misaligned(first, row, "crop", first.crop().toString(), row.crop().toString());
      }
    }
  }

  private static IllegalArgumentException misaligned(
      ExportRow a, ExportRow b, String what, String ofA, String ofB) {
    return new IllegalArgumentException(
        String.format(
            "Cannot align sample %s (%s): its %s in %s is %s, in %s %s (tokenize both with the"
                + " same front-end)",
            a.identity().sampleId(),
            a.identity().uri(),
            what,
            a.tokenizer(),
            ofA,
            b.tokenizer(),
            ofB));
  }
}
