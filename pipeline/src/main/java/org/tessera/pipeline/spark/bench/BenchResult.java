package org.tessera.pipeline.spark.bench;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.bench.BareDecode;
import org.tessera.pipeline.bench.BareModel;
import org.tessera.pipeline.ledger.Counts;

/**
 * How fast the parts and the whole were, each in its fastest round.
 *
 * @param modality of the tokenizer
 * @param cores that the run may use
 * @param device that ran the model, e.g. {@code CPU:0}
 * @param overlaps whether the model runs beside the cores (on a GPU) rather than on them
 * @param startSeconds planning and loading, before the first sample: apart from all rates
 * @param decode reading, decoding and front-end alone
 * @param model the model alone
 * @param counts of the whole run
 * @param runSeconds of the whole run's waves
 * @param runCpuSeconds processor time of this process in it
 */
public record BenchResult(
    Modality modality,
    int cores,
    String device,
    boolean overlaps,
    double startSeconds,
    BareDecode.Result decode,
    BareModel.Result model,
    Counts counts,
    double runSeconds,
    double runCpuSeconds) {

  /** Seconds that the bare model needs for the run's segments. */
  public double modelSeconds() {
    return decode.segments() / model.perSecond();
  }

  /**
   * Samples per second that nothing can exceed on these cores: decoding and the model share them,
   * or, on a GPU, the slower of both.
   */
  public double ceiling() {
    double seconds =
        overlaps ? Math.max(decode.seconds(), modelSeconds()) : decode.seconds() + modelSeconds();
    return decode.samples() / seconds;
  }

  /** Samples per second of the whole run. */
  public double samplesPerSecond() {
    return counts.value("samples") / runSeconds;
  }

  /** The share of the ceiling that the whole run reached. */
  public double ratio() {
    return samplesPerSecond() / ceiling();
  }

  /** Where the cores' time went, as shares of cores times seconds; the rest is {@code idle}. */
  public SortedMap<String, Double> shares() {
    SortedMap<String, Double> shares = new TreeMap<>();
    double all = runSeconds * cores;
    double busy = 0;
    for (String part : new String[] {"decode", "infer", "write"}) {
      double share = counts.value(part + "_ns") / 1e9 / all;
      shares.put(part, share);
      busy += share;
    }
    shares.put("other", Math.max(0, 1 - busy));
    return shares;
  }

  /** What limits the run, and what would help. */
  public String verdict() {
    double modelShare = modelSeconds() / (modelSeconds() + decode.seconds());
    String percent =
        String.format(Locale.ROOT, "%.0f %%", 100 * Math.max(modelShare, 1 - modelShare));
    if (ratio() < 0.75 && counts.value("fetch_ns") > 8e9 * runSeconds) {
      return "storage-bound: half of the fetch threads or more were busy all the time; more executors, or larger objects"
          + " (tar shards), would help";
    }
    if (modelShare > 0.65) {
      return "model-bound: the model needs "
          + percent
          + " of the ceiling's time; "
          + (overlaps ? "a faster device" : "a GPU, more cores or a smaller model")
          + " would help";
    }
    if (modelShare < 0.35) {
      return "decode-bound: reading and decoding need "
          + percent
          + " of the ceiling's time; more cores would help, a faster model would not";
    }
    return "balanced: decoding and the model need about the same time; more cores would help";
  }
}
