package org.tessera.jobs.command;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import org.tessera.pipeline.fit.FitReport;
import org.tessera.pipeline.fit.PassReport;

/** What a fit says on stdout when it is done. */
final class FitSummary {
  /** So many codebooks have a line each. */
  private static final int MOST_LINES = 16;

  private FitSummary() {}

  /** The text for a report. */
  static String of(FitReport report, String output) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Learned %s from %,d vectors of %,d samples (%,d of %,d inputs read, %s rejected)",
            report.name(),
            report.vectors(),
            report.samples(),
            report.inputsRead(),
            report.inputs(),
            report.rejects().values().stream().mapToLong(Long::longValue).sum()));
    List<PassReport> results = report.results();
    if (results.size() > MOST_LINES) {
      text.append(together(results));
    } else {
      results.forEach(result -> text.append(line(result)));
    }
    return text.append(String.format("%nBundle %s, fingerprint %s", output, report.fingerprint()))
        .toString();
  }

  private static String line(PassReport result) {
    return String.format(
        Locale.ROOT,
        "%n  codebook %d: %,d of %,d codes used, perplexity %,.0f, error %.4g",
        result.codebook(),
        result.used(),
        result.codes(),
        result.perplexity(),
        result.loss());
  }

  /** The codebooks of many dimensions or groups. */
  private static String together(List<PassReport> results) {
    DoubleSummaryStatistics perplexity =
        results.stream().mapToDouble(PassReport::perplexity).summaryStatistics();
    return String.format(
        Locale.ROOT,
        "%n  %,d codebooks: %,d of %,d codes used, perplexity %,.0f to %,.0f, mean error %.4g"
            + " (each is in fit.json)",
        results.size(),
        results.stream().mapToLong(PassReport::used).sum(),
        results.stream().mapToLong(PassReport::codes).sum(),
        perplexity.getMin(),
        perplexity.getMax(),
        results.stream().mapToDouble(PassReport::loss).average().orElse(0));
  }
}
