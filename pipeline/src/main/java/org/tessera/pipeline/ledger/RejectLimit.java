package org.tessera.pipeline.ledger;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How many samples may be rejected before a run stops. Immutable.
 *
 * @param rate the share of all samples, 0 to 1
 * @param prefixRate the share of the samples of one prefix of the input, 0 to 1
 * @param minSamples a share is judged from so many samples on; that of all samples also at the end
 */
public record RejectLimit(double rate, double prefixRate, long minSamples) {
  /** Nothing is too much. */
  public static final RejectLimit NONE = new RejectLimit(1, 1, 1);

  public RejectLimit {
    if (!(rate >= 0 && rate <= 1 && prefixRate >= 0 && prefixRate <= 1)) {
      throw new IllegalArgumentException(
          "Cannot limit rejects to " + rate + " and " + prefixRate + " (both must be 0 to 1)");
    }
  }

  /** Why the counts of an unfinished run are too many rejects; empty when they are not. */
  public Optional<String> exceededBy(Counts counts) {
    return exceededBy(counts, minSamples);
  }

  /** Why the counts of a finished run are too many rejects; empty when they are not. */
  public Optional<String> exceededAtEndBy(Counts counts) {
    return exceededBy(counts, 1);
  }

  private Optional<String> exceededBy(Counts counts, long from) {
    long samples = counts.value("samples");
    Optional<String> all =
        samples < from
            ? Optional.empty()
            : judge("the input", samples, counts.value("rejected"), rate);
    if (all.isPresent()) {
      return all;
    }
    for (Map.Entry<String, Counts.Rate> prefix : counts.prefixes().entrySet()) {
      Counts.Rate part = prefix.getValue();
      if (part.samples() >= minSamples && !prefix.getKey().equals(Counts.OTHERS)) {
        Optional<String> one = judge(prefix.getKey(), part.samples(), part.rejected(), prefixRate);
        if (one.isPresent()) {
          return one;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> judge(String what, long samples, long rejected, double limit) {
    if (rejected <= limit * samples) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%,d of %,d samples of %s are rejected, which is more than %s %%",
            rejected,
            samples,
            what,
            Double.toString(limit * 100).replaceAll("\\.0$", "")));
  }
}
