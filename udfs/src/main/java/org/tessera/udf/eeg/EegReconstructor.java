package org.tessera.udf.eeg;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.eeg.signal.Fft;
import org.tessera.udf.eeg.signal.FrameTransform;
import org.tessera.udf.eeg.signal.Statistics;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.reconstruct.Reconstructor;

/**
 * Decoded recordings as EDF+ files in physical units, and how close they are. The way back undoes
 * the layout ({@code patches}) and the normalization of the window; filters and references stay.
 *
 * <p>Metrics, each the mean over the channels, on the samples that the model read (in its unit):
 *
 * <ul>
 *   <li>{@code pearson}: correlation coefficient, −1 to 1; 0 where a channel is constant
 *   <li>{@code mse}: mean squared error
 *   <li>{@code vrmse}: root of the mean squared error by the variance of the original
 *   <li>{@code band_power_error_db}: mean of {@code |10 log10(P / P')|} over the bands 0.5–4, 4–8,
 *       8–13, 13–30 and 30–45 Hz that lie below half the rate, P the sum of the periodogram over
 *       the band; at most 60 dB each
 *   <li>{@code spectral_amplitude_error} and {@code spectral_phase_error}: mean absolute difference
 *       of the magnitudes, and of the angles in radians, of the orthonormal Fourier transform
 *       behind a periodic Hamming window (as BrainOmni's evaluation has them; angles are not
 *       unwrapped)
 * </ul>
 *
 * Magnitude spectra ({@code stft}) have no way back: they are compared as they are, without {@code
 * band_power_error_db}, and {@link #file} refuses them.
 */
public final class EegReconstructor implements Reconstructor {
  private static final double[] BANDS = {0.5, 4, 8, 13, 30, 45};
  private static final double MOST_DB = 60;

  @Override
  public String extension() {
    return "edf";
  }

  @Override
  public boolean writes(SortedMap<String, Object> geometry) {
    return !geometry.get("layout").equals("stft");
  }

  @Override
  public byte[] file(float[] values, int[] shape, SortedMap<String, Object> geometry) {
    if (!writes(geometry)) {
      throw new IllegalArgumentException(
          "Cannot write a recording from magnitude spectra: they have no phase (compare them"
              + " instead)");
    }
    double[][] rows = samples(values, geometry);
    List<?> changes = (List<?>) geometry.get("changes");
    for (int change = changes.size() - 1; change >= 0; change--) {
      Map<?, ?> affine = (Map<?, ?>) changes.get(change);
      for (int row = 0; row < rows.length; row++) {
        double offset = number(((List<?>) affine.get("offset")).get(row));
        double scale = number(((List<?>) affine.get("scale")).get(row));
        for (int i = 0; i < rows[row].length; i++) {
          rows[row][i] = rows[row][i] * scale + offset;
        }
      }
    }
    return new EdfWriter(
            texts(geometry.get("channels")),
            texts(geometry.get("units")),
            number(geometry.get("rate")),
            rows,
            Collections.emptyList())
        .toBytes();
  }

  @Override
  public SortedMap<String, Double> compare(
      Features original, float[] values, int[] shape, SortedMap<String, Object> geometry) {
    double[][] before = samples(original.toFloats(), geometry);
    double[][] after = samples(values, geometry);
    double[] pearson = new double[before.length];
    double[] mse = new double[before.length];
    double[] vrmse = new double[before.length];
    for (int row = 0; row < before.length; row++) {
      double variance = Math.pow(Statistics.deviation(before[row]), 2);
      mse[row] = squaredError(before[row], after[row]);
      vrmse[row] = Math.sqrt(mse[row] / (variance + 1e-30));
      pearson[row] = pearson(before[row], after[row]);
    }
    SortedMap<String, Double> metrics = new TreeMap<>();
    metrics.put("pearson", Statistics.mean(pearson));
    metrics.put("mse", Statistics.mean(mse));
    metrics.put("vrmse", Statistics.mean(vrmse));
    if (!geometry.get("layout").equals("stft")) {
      spectralErrors(before, after, metrics);
      List<Double> errors = bandErrors(before, after, number(geometry.get("rate")));
      if (!errors.isEmpty()) {
        metrics.put(
            "band_power_error_db",
            errors.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
      }
    }
    return metrics;
  }

  /** One row of samples per channel; for magnitude spectra one row of them per channel. */
  private static double[][] samples(float[] values, SortedMap<String, Object> geometry) {
    int channels = ((List<?>) geometry.get("channels")).size();
    String layout = (String) geometry.get("layout");
    double[][] rows = new double[channels][];
    int perRow = values.length / channels;
    if (perRow * channels != values.length || perRow == 0) {
      throw new IllegalArgumentException(
          "Cannot read " + values.length + " values as " + channels + " channels");
    }
    if (layout.equals("signal") || layout.equals("stft")) {
      for (int row = 0; row < channels; row++) {
        rows[row] = new double[perRow];
        for (int i = 0; i < perRow; i++) {
          rows[row][i] = values[row * perRow + i];
        }
      }
      return rows;
    }
    FrameTransform transform =
        new FrameTransform(
            FrameTransform.Kind.valueOf(layout.toUpperCase(Locale.ROOT)),
            (int) number(geometry.get("hop")),
            (int) number(geometry.get("bins")));
    int length = (int) number(geometry.get("samples"));
    if (transform.frames(length) * transform.bins() != perRow) {
      throw new IllegalArgumentException(
          "Cannot read " + perRow + " values as frames of a window of " + length + " samples");
    }
    for (int row = 0; row < channels; row++) {
      rows[row] = transform.inverse(values, row * perRow, length);
    }
    return rows;
  }

  private static double squaredError(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum / a.length;
  }

  private static double pearson(double[] a, double[] b) {
    double meanA = Statistics.mean(a);
    double meanB = Statistics.mean(b);
    double both = 0;
    double squareA = 0;
    double squareB = 0;
    for (int i = 0; i < a.length; i++) {
      both += (a[i] - meanA) * (b[i] - meanB);
      squareA += (a[i] - meanA) * (a[i] - meanA);
      squareB += (b[i] - meanB) * (b[i] - meanB);
    }
    double scale = Math.sqrt(squareA * squareB);
    return scale == 0 ? 0 : both / scale;
  }

  private static void spectralErrors(
      double[][] before, double[][] after, SortedMap<String, Double> metrics) {
    int n = before[0].length;
    Fft fft = new Fft(n);
    double magnitudes = 0;
    double angles = 0;
    for (int row = 0; row < before.length; row++) {
      double[] a = windowed(before[row], fft);
      double[] b = windowed(after[row], fft);
      for (int k = 0; k < fft.bins(); k++) {
        magnitudes +=
            Math.abs(Math.hypot(a[2 * k], a[2 * k + 1]) - Math.hypot(b[2 * k], b[2 * k + 1]));
        angles += Math.abs(Math.atan2(a[2 * k + 1], a[2 * k]) - Math.atan2(b[2 * k + 1], b[2 * k]));
      }
    }
    double count = (double) before.length * fft.bins();
    metrics.put("spectral_amplitude_error", magnitudes / Math.sqrt(n) / count);
    metrics.put("spectral_phase_error", angles / count);
  }

  /** The transform behind a periodic Hamming window, not scaled. */
  private static double[] windowed(double[] values, Fft fft) {
    double[] windowed = new double[values.length];
    for (int i = 0; i < windowed.length; i++) {
      windowed[i] = values[i] * (0.54 - 0.46 * Math.cos(2 * Math.PI * i / values.length));
    }
    double[] spectrum = new double[2 * fft.bins()];
    fft.forward(windowed, spectrum);
    return spectrum;
  }

  private static List<Double> bandErrors(double[][] before, double[][] after, double rate) {
    Fft fft = new Fft(before[0].length);
    List<Double> errors = new ArrayList<>();
    for (int row = 0; row < before.length; row++) {
      double[] a = bandPowers(before[row], rate, fft);
      double[] b = bandPowers(after[row], rate, fft);
      for (int band = 0; band < a.length; band++) {
        if (a[band] > 0) {
          double ratio = b[band] / a[band];
          errors.add(ratio == 0 ? MOST_DB : Math.min(MOST_DB, Math.abs(10 * Math.log10(ratio))));
        }
      }
    }
    return errors;
  }

  private static double[] bandPowers(double[] values, double rate, Fft fft) {
    double[] spectrum = new double[2 * fft.bins()];
    fft.forward(values.clone(), spectrum);
    double[] powers = new double[BANDS.length - 1];
    for (int k = 0; k < fft.bins(); k++) {
      double hz = k * rate / values.length;
      for (int band = 0; band < powers.length; band++) {
        if (hz >= BANDS[band] && hz < BANDS[band + 1] && BANDS[band + 1] <= rate / 2) {
          powers[band] +=
              spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
        }
      }
    }
    return powers;
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  private static List<String> texts(Object value) {
    return ((List<?>) value).stream().map(String::valueOf).toList();
  }
}
