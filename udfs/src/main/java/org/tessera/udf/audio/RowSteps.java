package org.tessera.udf.audio;

import java.util.List;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** The steps on rows of features: {@code normalize}, {@code cmvn}, {@code stack_frames}. */
final class RowSteps {
  static final List<String> NAMES = List.of("normalize", "cmvn", "stack_frames");

  /** Rows that no decoder turns back into samples, so that their steps need not be undone. */
  private static final List<String> ONE_WAY = List.of("log_mel", "kaldi_fbank");

  private RowSteps() {}

  /**
   * Reads a step.
   *
   * @param features the step that made the rows, or null
   */
  static WindowStep of(Step step, String features) {
    if (step.name().equals("normalize")) {
      return Normalization.of(step)::apply;
    }
    if (!ONE_WAY.contains(String.valueOf(features))) {
      throw new IllegalArgumentException(
          "Cannot use step "
              + step.name()
              + (features == null ? " on samples" : " after " + features)
              + " (put it after log_mel or kaldi_fbank)");
    }
    return step.name().equals("cmvn") ? cmvn(step) : stack(step);
  }

  /**
   * Cepstral mean and variance normalisation: each bin over the window's frames to mean 0, and to
   * variance 1 with {@code (x - mean) / sqrt(variance + added)}. {@code variance} is {@code
   * unbiased} (divided by one less than the frames, as the feature extractor of w2v-BERT 2.0 in
   * transformers does), {@code biased}, or {@code keep}, which leaves it. Sums are in 64 bits.
   */
  private static WindowStep cmvn(Step step) {
    StepParameters parameters = new StepParameters(step);
    String variance =
        parameters.choice("variance", "unbiased", List.of("unbiased", "biased", "keep"));
    double added = parameters.number("added", 1e-7);
    parameters.finish();
    if (!(added >= 0)) {
      throw new IllegalArgumentException(
          "Cannot use cmvn.added: " + added + " (give a number from 0)");
    }
    int less = variance.equals("unbiased") ? 1 : 0;
    boolean keeps = variance.equals("keep");
    return window -> {
      int frames = window.frames();
      if (!keeps && frames <= less) {
        throw SampleException.of(
            Phase.FRONTEND,
            RejectCode.TOO_SHORT,
            "Cannot take the variance of one frame (drop such files, or pad them)");
      }
      for (float[] rows : window.channels()) {
        int bins = rows.length / frames;
        for (int bin = 0; bin < bins; bin++) {
          normalize(rows, bin, bins, frames - less, keeps ? -1 : added);
        }
      }
    };
  }

  /**
   * @param added added to the variance; below 0 keeps it
   */
  private static void normalize(float[] rows, int bin, int bins, int divisor, double added) {
    double sum = 0;
    for (int i = bin; i < rows.length; i += bins) {
      sum += rows[i];
    }
    double mean = sum / (rows.length / bins);
    double squares = 0;
    for (int i = bin; i < rows.length; i += bins) {
      squares += (rows[i] - mean) * (rows[i] - mean);
    }
    double deviation = added < 0 ? 1 : Math.sqrt(squares / divisor + added);
    for (int i = bin; i < rows.length; i += bins) {
      // A bin that never changes, with nothing added, is its mean.
      rows[i] = deviation == 0 ? 0 : (float) ((rows[i] - mean) / deviation);
    }
  }

  /**
   * Joins each {@code frames} rows that follow each other into one; of a rest, {@code tail: drop}
   * leaves it out and {@code pad} fills it with rows of {@code value}.
   */
  private static WindowStep stack(Step step) {
    StepParameters parameters = new StepParameters(step);
    int count = parameters.requiredInteger("frames");
    boolean drop = parameters.choice("tail", "drop", List.of("drop", "pad")).equals("drop");
    double value = parameters.number("value", 0);
    parameters.finish();
    if (count < 1) {
      throw new IllegalArgumentException(
          "Cannot use stack_frames.frames: " + count + " (must be at least 1)");
    }
    return window -> {
      int frames = window.frames();
      int stacked = drop ? frames / count : (frames + count - 1) / count;
      if (stacked == 0) {
        throw SampleException.of(
            Phase.FRONTEND,
            RejectCode.TOO_SHORT,
            "Cannot stack " + frames + " frames, fewer than " + count + " (use tail: pad)");
      }
      float[][] channels = window.channels().clone();
      for (int channel = 0; channel < channels.length; channel++) {
        int had = channels[channel].length;
        int size = stacked * count * (had / frames);
        channels[channel] = java.util.Arrays.copyOf(channels[channel], size);
        if (size > had) {
          java.util.Arrays.fill(channels[channel], had, size, (float) value);
        }
      }
      window.replaceByFeatures(channels, stacked);
    };
  }
}
