package org.tessera.udf.eeg;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tessera.udf.eeg.signal.FrameTransform;
import org.tessera.udf.eeg.signal.Stft;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** The shapes of the main input. */
final class Layouts {
  private Layouts() {}

  /** Samples as they are: {@code [channels, samples]}, or {@code [samples]} of one channel. */
  static Layout signal() {
    return new SignalLayout();
  }

  /**
   * {@code stft}: magnitudes, {@code [channels, frequencies, frames]}, or {@code [frequencies,
   * frames]} of one channel.
   *
   * <ul>
   *   <li>{@code size} (200) and {@code hop} (100), in samples; a periodic Hann window, no padding
   *   <li>{@code drop_last_bin}: true (default) leaves {@code size / 2} frequencies
   *   <li>{@code log}: false; true gives {@code log(1 + magnitude)}
   * </ul>
   */
  static Layout stft(StepParameters parameters) {
    int size = parameters.integer("size", 200);
    int hop = parameters.integer("hop", 100);
    boolean drop = parameters.flag("drop_last_bin", true);
    boolean log = parameters.flag("log", false);
    parameters.finish();
    if (size < 2 || hop < 1) {
      throw new IllegalArgumentException(
          "Cannot use stft.size: " + size + ", stft.hop: " + hop + " (give at least 2 and 1)");
    }
    return new StftLayout(size, hop, drop, log, Optional.empty());
  }

  /**
   * {@code patches}: real orthonormal time-frequency frames of each channel, {@code [channels ·
   * frames, bins]} with the frames of a channel together, or {@code [frames, bins]} of one channel:
   * vectors for a codebook, with a way back.
   *
   * <ul>
   *   <li>{@code transform}: {@code mdct} (default; frames overlap by half) or {@code dct}
   *   <li>{@code hop}: samples from frame to frame (50)
   *   <li>{@code bins}: kept coefficients, lowest frequencies first; all when not given
   * </ul>
   */
  static Layout patches(StepParameters parameters) {
    boolean mdct = parameters.choice("transform", "mdct", List.of("mdct", "dct")).equals("mdct");
    int hop = parameters.integer("hop", 50);
    int bins = parameters.integer("bins", hop);
    parameters.finish();
    FrameTransform.Kind kind = mdct ? FrameTransform.Kind.MDCT : FrameTransform.Kind.DCT;
    return new PatchLayout(kind, hop, new FrameTransform(kind, hop, bins));
  }

  /**
   * {@code frames}: pieces of the signal without overlap, {@code [channels, frames, size]}, or
   * {@code [frames, size]} of one channel, as LaBraM reads them; samples behind the last whole
   * frame are left out.
   *
   * <ul>
   *   <li>{@code size}: samples of a frame (200)
   * </ul>
   */
  static Layout frames(StepParameters parameters) {
    int size = parameters.integer("size", 200);
    parameters.finish();
    if (size < 1) {
      throw new IllegalArgumentException("Cannot use frames.size: " + size + " (give 1 or more)");
    }
    return new FramesLayout(size);
  }

  private record FramesLayout(int size) implements Layout {
    @Override
    public FloatFeatures apply(double[][] values, boolean perChannel) throws SampleException {
      int frames = values[0].length / size;
      if (frames == 0) {
        throw tooShort(values[0].length, size);
      }
      float[] flat = new float[values.length * frames * size];
      for (int row = 0; row < values.length; row++) {
        for (int i = 0; i < frames * size; i++) {
          flat[row * frames * size + i] = (float) values[row][i];
        }
      }
      return perChannel
          ? features(flat, frames, size)
          : features(flat, values.length, frames, size);
    }

    @Override
    public Map<String, Object> geometry() {
      return Map.of("layout", "signal");
    }
  }

  private record SignalLayout() implements Layout {
    @Override
    public FloatFeatures apply(double[][] values, boolean perChannel) throws SampleException {
      int length = values[0].length;
      float[] flat = new float[values.length * length];
      for (int row = 0; row < values.length; row++) {
        for (int i = 0; i < length; i++) {
          flat[row * length + i] = (float) values[row][i];
        }
      }
      return perChannel ? features(flat, length) : features(flat, values.length, length);
    }

    @Override
    public Map<String, Object> geometry() {
      return Map.of("layout", "signal");
    }
  }

  private record StftLayout(int size, int hop, boolean drop, boolean log, Optional<Stft> own)
      implements Layout {
    @Override
    public Layout forOneUser() {
      return new StftLayout(size, hop, drop, log, Optional.of(new Stft(size, hop)));
    }

    @Override
    public FloatFeatures apply(double[][] values, boolean perChannel) throws SampleException {
      Stft stft = own.orElseGet(() -> new Stft(size, hop));
      int frames = stft.frames(values[0].length);
      if (frames == 0) {
        throw tooShort(values[0].length, size);
      }
      int bins = drop ? stft.bins() - 1 : stft.bins();
      float[] flat = new float[values.length * bins * frames];
      int at = 0;
      for (double[] row : values) {
        double[][] magnitudes = stft.magnitudes(row);
        for (int k = 0; k < bins; k++) {
          for (int frame = 0; frame < frames; frame++) {
            double magnitude = magnitudes[k][frame];
            flat[at++] = (float) (log ? Math.log1p(magnitude) : magnitude);
          }
        }
      }
      return perChannel
          ? features(flat, bins, frames)
          : features(flat, values.length, bins, frames);
    }

    @Override
    public Map<String, Object> geometry() {
      return Map.of("layout", "stft", "size", size, "hop", hop, "log", log);
    }
  }

  private record PatchLayout(FrameTransform.Kind kind, int hop, FrameTransform transform)
      implements Layout {
    @Override
    public FloatFeatures apply(double[][] values, boolean perChannel) throws SampleException {
      int frames = transform.frames(values[0].length);
      int bins = transform.bins();
      float[] flat = new float[values.length * frames * bins];
      for (int row = 0; row < values.length; row++) {
        transform.forward(values[row], flat, row * frames * bins);
      }
      return features(flat, values.length * frames, bins);
    }

    @Override
    public Map<String, Object> geometry() {
      return Map.of(
          "layout",
          kind.name().toLowerCase(java.util.Locale.ROOT),
          "hop",
          hop,
          "bins",
          transform.bins());
    }
  }

  /** Floats that are all finite. */
  private static FloatFeatures features(float[] flat, int... shape) throws SampleException {
    for (float value : flat) {
      if (!Float.isFinite(value)) {
        throw SampleException.of(
            Phase.FRONTEND,
            RejectCode.NOT_FINITE,
            "Cannot hold a window in 32-bit floats: a value is " + value + " (scale it first)");
      }
    }
    return new FloatFeatures(flat, shape);
  }

  private static SampleException tooShort(int length, int size) {
    return SampleException.of(
        Phase.FRONTEND,
        RejectCode.TOO_SHORT,
        "Cannot make frames of " + size + " samples from a window of " + length);
  }
}
