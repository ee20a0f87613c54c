package org.tessera.udf.audio;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.tessera.model.bundle.Step;
import org.tessera.udf.audio.feature.FrameTransform;
import org.tessera.udf.audio.feature.KaldiFbank;
import org.tessera.udf.audio.feature.Mdct;
import org.tessera.udf.audio.signal.MonoSignal;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** The steps on one window. */
final class WindowSteps {
  /** Steps that make the whole signal one window when no {@code segment} stands before them. */
  static final List<String> NAMES =
      List.of(
          "pad_multiple", "fix_length", "standardize", "frames", "mdct", "log_mel", "kaldi_fbank");

  /** Steps that turn samples into rows of features. */
  static final List<String> FEATURES = List.of("frames", "mdct", "log_mel", "kaldi_fbank");

  /** Steps that may also stand before {@code segment}. */
  static final List<String> SHARED = List.of("mono", "scale", "peak_normalize", "rms_normalize");

  private WindowSteps() {}

  static WindowStep of(Step step) {
    return switch (step.name()) {
      case "mono" -> mono(step);
      case "scale" -> Gain.scale(step)::apply;
      case "peak_normalize" -> Gain.peak(step)::apply;
      case "rms_normalize" -> Gain.rms(step)::apply;
      case "pad_multiple" -> padMultiple(step);
      case "fix_length" -> fixLength(step);
      case "standardize" -> standardize(step);
      case "frames" -> frames(step);
      case "mdct" -> mdct(step);
      case "log_mel" -> transform(step, LogMelStep.of(step));
      case "kaldi_fbank" -> transform(step, fbank(step));
      default -> throw new IllegalArgumentException("Cannot use step " + step.name());
    };
  }

  private static WindowStep mono(Step step) {
    new StepParameters(step).finish();
    return window -> {
      float[] mixed = new float[window.channels()[0].length];
      MonoSignal.mix(window.channels(), mixed.length, mixed, 0);
      window.replaceSamples(new float[][] {mixed});
    };
  }

  /**
   * Makes the length a multiple: with zeros ({@code tail: pad}), or without the rest. {@code
   * always} pads a whole multiple where nothing is missing.
   */
  private static WindowStep padMultiple(Step step) {
    StepParameters parameters = new StepParameters(step);
    int multiple = parameters.requiredInteger("samples");
    boolean drop = parameters.choice("tail", "pad", List.of("pad", "drop")).equals("drop");
    boolean always = parameters.flag("always", false);
    parameters.finish();
    if (drop && always) {
      throw new IllegalArgumentException(
          "Cannot use pad_multiple.always with tail: drop (it is about padding)");
    }
    if (multiple < 1) {
      throw new IllegalArgumentException(
          "Cannot use pad_multiple.samples: " + multiple + " (must be at least 1)");
    }
    return window -> {
      float[][] channels = window.channels();
      int length = channels[0].length;
      int extra = drop ? 0 : always ? multiple : multiple - 1;
      int size = Math.addExact(length, extra) / multiple * multiple;
      if (size == 0) {
        throw SampleException.of(
            Phase.FRONTEND,
            RejectCode.TOO_SHORT,
            "Cannot make a segment: "
                + length
                + " samples are fewer than one frame of "
                + multiple);
      }
      float[][] padded = new float[channels.length][];
      for (int channel = 0; channel < channels.length; channel++) {
        padded[channel] = Arrays.copyOf(channels[channel], size);
      }
      window.replaceSamples(padded);
      window.cutTo(size);
    };
  }

  /**
   * One length, whatever there is: the first samples, or all and behind them zeros, the mirrored
   * signal, or the signal from its start on, again and again.
   */
  private static WindowStep fixLength(Step step) {
    StepParameters parameters = new StepParameters(step);
    if (parameters.has("samples") == parameters.has("seconds")) {
      throw new IllegalArgumentException("Cannot use fix_length (give either samples or seconds)");
    }
    int samples = parameters.integer("samples", 0);
    double seconds = parameters.number("seconds", 0);
    String pad = parameters.choice("pad", "zero", List.of("zero", "reflect", "repeat"));
    parameters.finish();
    if (samples < 1 && !(seconds > 0)) {
      throw new IllegalArgumentException(
          "Cannot use fix_length of " + samples + " samples or " + seconds + " s (give more)");
    }
    return window -> {
      int size =
          samples > 0 ? samples : Math.toIntExact(Math.max(1, Math.round(seconds * window.rate())));
      float[][] fixed = new float[window.channels().length][];
      for (int channel = 0; channel < fixed.length; channel++) {
        float[] had = window.channels()[channel];
        fixed[channel] = Arrays.copyOf(had, size);
        for (int i = had.length; i < size && !pad.equals("zero"); i++) {
          int from = pad.equals("repeat") ? i % had.length : WindowCutter.mirrored(i, had.length);
          fixed[channel][i] = had[from];
        }
      }
      window.replaceSamples(fixed);
      window.cutTo(size);
    };
  }

  /** Each channel to mean 0 and variance 1: (x - mean) / sqrt(variance + added), as wav2vec 2. */
  private static WindowStep standardize(Step step) {
    StepParameters parameters = new StepParameters(step);
    double added = parameters.number("added", 1e-7);
    parameters.finish();
    return window -> {
      for (float[] channel : window.channels()) {
        Loudness loudness = Loudness.of(new float[][] {channel});
        double scale = 1 / Math.sqrt(loudness.variance() + added);
        for (int i = 0; i < channel.length; i++) {
          channel[i] = (float) ((channel[i] - loudness.mean()) * scale);
        }
      }
    };
  }

  private static WindowStep frames(Step step) {
    StepParameters parameters = new StepParameters(step);
    int size = parameters.requiredInteger("size");
    int hop = parameters.integer("hop", size);
    parameters.finish();
    FrameTransform cut = new FrameCutter(size, hop);
    WindowStep inner = transform(step, rate -> cut);
    return window -> {
      inner.apply(window);
      window.geometry().put("transform", "frames");
      window.geometry().put("hop", hop);
    };
  }

  private static WindowStep mdct(Step step) {
    StepParameters parameters = new StepParameters(step);
    int size = parameters.requiredInteger("size");
    String shape = parameters.choice("window", "sine", List.of("sine", "kbd"));
    double alpha = shape.equals("kbd") ? parameters.number("alpha", 4) : 0;
    parameters.finish();
    Mdct mdct = shape.equals("kbd") ? Mdct.kaiserBessel(size, alpha) : Mdct.sine(size);
    WindowStep inner = transform(step, rate -> mdct);
    return window -> {
      inner.apply(window);
      window.geometry().put("transform", "mdct");
      window.geometry().put("mdct_size", size);
      window.geometry().put("mdct_alpha", alpha);
    };
  }

  private static IntFunction<FrameTransform> fbank(Step step) {
    StepParameters parameters = new StepParameters(step);
    int bins = parameters.integer("bins", 128);
    double frame = parameters.number("frame_ms", 25);
    double shift = parameters.number("shift_ms", 10);
    double low = parameters.number("low_hz", 20);
    double high = parameters.number("high_hz", 0);
    double preemphasis = parameters.number("preemphasis", 0.97);
    String window =
        parameters.choice("window", "povey", List.of("povey", "hanning", "hamming", "rectangular"));
    boolean snip = parameters.flag("snip_edges", true);
    parameters.finish();
    KaldiFbank.Edges edges = snip ? KaldiFbank.Edges.SNIP : KaldiFbank.Edges.REFLECT;
    return rate ->
        new KaldiFbank(
            new KaldiFbank.Options(
                rate, bins, frame, shift, low, high, preemphasis, window, edges));
  }

  /**
   * @param ofRate the transform for a rate; made once for each rate that appears
   */
  private static WindowStep transform(Step step, IntFunction<FrameTransform> ofRate) {
    Map<Integer, FrameTransform> transforms = new ConcurrentHashMap<>();
    return window -> {
      FrameTransform transform = ofRate(step, transforms, window.rate(), ofRate);
      float[][] channels = window.channels();
      int frames = transform.frames(channels[0].length);
      if (frames == 0) {
        throw SampleException.of(
            Phase.FRONTEND,
            RejectCode.TOO_SHORT,
            "Cannot make one row of "
                + step.name()
                + " from "
                + channels[0].length
                + " samples (drop such files, or pad them)");
      }
      float[][] rows = new float[channels.length][];
      for (int channel = 0; channel < rows.length; channel++) {
        rows[channel] = transform.apply(channels[channel]);
      }
      window.geometry().put("transform", step.name());
      window.geometry().put("window_samples", channels[0].length);
      window.replaceByFeatures(rows, frames);
    };
  }

  private static FrameTransform ofRate(
      Step step,
      Map<Integer, FrameTransform> transforms,
      int rate,
      IntFunction<FrameTransform> ofRate)
      throws SampleException {
    try {
      return transforms.computeIfAbsent(rate, ofRate::apply);
    } catch (IllegalArgumentException e) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot use step "
              + step.name()
              + " at "
              + rate
              + " Hz: "
              + e.getMessage()
              + "; put a step resample before it");
    }
  }

  /** Cuts samples into rows of {@code size} every {@code hop}; only rows that fit. */
  private record FrameCutter(int size, int hop) implements FrameTransform {
    FrameCutter {
      if (size < 1 || hop < 1) {
        throw new IllegalArgumentException(
            "Cannot cut frames of " + size + " samples every " + hop + " (give numbers from 1)");
      }
    }

    @Override
    public int frames(int samples) {
      return samples < size ? 0 : 1 + (samples - size) / hop;
    }

    @Override
    public int bins() {
      return size;
    }

    @Override
    public float[] apply(float[] samples) {
      int frames = frames(samples.length);
      float[] rows = new float[frames * size];
      for (int t = 0; t < frames; t++) {
        System.arraycopy(samples, t * hop, rows, t * size, size);
      }
      return rows;
    }
  }
}
