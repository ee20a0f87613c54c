package org.tessera.udf.audio;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.audio.feature.Mdct;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.reconstruct.Reconstructor;

/**
 * Decoded sound as WAV files of 16 bits. The decoder's output is either samples or features in the
 * layout of the model's input; MDCT rows are turned back by overlap and add, rows of {@code frames}
 * by averaging where they overlap, and {@code normalize} and gains are undone, all by what the
 * front-end wrote into the geometry. Padding is cut off. Thread-safe.
 *
 * <p>Metrics, on the samples with the front-end's gain: {@code si_snr}, {@code sdr} and {@code
 * log_spectral_distance}, all in dB (formulas in {@code SignalMetrics}); the first two are absent
 * for silent originals. Features that cannot be turned back to samples (mel) are compared by {@code
 * feature_l1}, their mean absolute difference.
 */
public final class AudioReconstructor implements Reconstructor {
  @Override
  public String extension() {
    return "wav";
  }

  @Override
  public boolean writes(SortedMap<String, Object> geometry) {
    Object transform = geometry.get("transform");
    return transform == null || transform.equals("mdct") || transform.equals("frames");
  }

  @Override
  public byte[] file(float[] values, int[] shape, SortedMap<String, Object> geometry) {
    float[][] samples = samples(values, shape, geometry);
    double gain = number(geometry, "gain", 1);
    if (gain != 0) {
      for (float[] channel : samples) {
        for (int i = 0; i < channel.length; i++) {
          channel[i] = (float) (channel[i] / gain);
        }
      }
    }
    return WavWriter.write(samples, (int) number(geometry, "rate", 0));
  }

  @Override
  public SortedMap<String, Double> compare(
      Features original, float[] values, int[] shape, SortedMap<String, Object> geometry) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    if (!writes(geometry)) {
      metrics.put("feature_l1", meanDifference(original.toFloats(), values));
      return metrics;
    }
    float[][] wanted = samples(original.toFloats(), original.shape(), geometry);
    float[][] made = samples(values, shape, geometry);
    if (wanted.length != made.length || wanted[0].length != made[0].length) {
      throw new IllegalArgumentException(
          "Cannot compare "
              + made.length
              + " channels of "
              + made[0].length
              + " samples with "
              + wanted.length
              + " of "
              + wanted[0].length
              + " (the decode signature must give the encode signature's shape)");
    }
    putNumber(metrics, "si_snr", SignalMetrics.siSnr(wanted, made));
    putNumber(metrics, "sdr", SignalMetrics.sdr(wanted, made));
    putNumber(metrics, "log_spectral_distance", SignalMetrics.logSpectralDistance(wanted, made));
    return metrics;
  }

  private static void putNumber(SortedMap<String, Double> metrics, String name, double value) {
    if (!Double.isNaN(value)) {
      metrics.put(name, value);
    }
  }

  private static double meanDifference(float[] wanted, float[] made) {
    if (wanted.length != made.length) {
      throw new IllegalArgumentException(
          "Cannot compare " + made.length + " values with " + wanted.length);
    }
    double sum = 0;
    for (int i = 0; i < made.length; i++) {
      sum += Math.abs((double) wanted[i] - made[i]);
    }
    return sum / made.length;
  }

  /** The samples that come from the file, one array a channel. */
  private float[][] samples(float[] values, int[] shape, SortedMap<String, Object> geometry) {
    if (!writes(geometry)) {
      throw new IllegalArgumentException(
          "Cannot make sound of "
              + geometry.get("transform")
              + " (give the tokenizer a decoder that returns samples)");
    }
    String axes = String.valueOf(geometry.get("axes"));
    float[][] channels = Axes.channels(values, shape, axes);
    int columns = axes.contains("bin") ? shape[axisOf(axes, "bin")] : 1;
    undoNormalization(channels, columns, geometry);
    int valid = (int) number(geometry, "samples", channels[0].length);
    Object transform = geometry.get("transform");
    float[][] samples = new float[channels.length][];
    for (int channel = 0; channel < samples.length; channel++) {
      float[] rows = channels[channel];
      if (transform == null) {
        samples[channel] = java.util.Arrays.copyOf(rows, Math.min(valid, rows.length));
      } else if (transform.equals("mdct")) {
        samples[channel] = mdct(geometry).inverse(rows, valid);
      } else {
        samples[channel] = join(rows, columns, (int) number(geometry, "hop", columns), valid);
      }
    }
    return samples;
  }

  private static int axisOf(String axes, String name) {
    return List.of(axes.split(",")).indexOf(name);
  }

  private static Mdct mdct(SortedMap<String, Object> geometry) {
    int size = (int) number(geometry, "mdct_size", 0);
    double alpha = number(geometry, "mdct_alpha", 0);
    return alpha > 0 ? Mdct.kaiserBessel(size, alpha) : Mdct.sine(size);
  }

  /** Rows of samples, laid over each other at each hop and averaged. */
  private static float[] join(float[] rows, int size, int hop, int valid) {
    int frames = rows.length / size;
    float[] sums = new float[Math.max(valid, (frames - 1) * hop + size)];
    int[] counts = new int[sums.length];
    for (int t = 0; t < frames; t++) {
      for (int i = 0; i < size; i++) {
        sums[t * hop + i] += rows[t * size + i];
        counts[t * hop + i]++;
      }
    }
    float[] samples = new float[valid];
    for (int i = 0; i < valid; i++) {
      samples[i] = counts[i] == 0 ? 0 : sums[i] / counts[i];
    }
    return samples;
  }

  private static void undoNormalization(
      float[][] channels, int columns, SortedMap<String, Object> geometry) {
    if (!(geometry.get("mean") instanceof List<?> mean)
        || !(geometry.get("std") instanceof List<?> std)) {
      return;
    }
    for (float[] channel : channels) {
      for (int i = 0; i < channel.length; i++) {
        double scale = element(std, i % columns);
        channel[i] = (float) (channel[i] * scale + element(mean, i % columns));
      }
    }
  }

  private static double element(List<?> values, int index) {
    return ((Number) values.get(values.size() == 1 ? 0 : index)).doubleValue();
  }

  private static double number(SortedMap<String, Object> geometry, String name, double none) {
    return geometry.get(name) instanceof Number number ? number.doubleValue() : none;
  }
}
