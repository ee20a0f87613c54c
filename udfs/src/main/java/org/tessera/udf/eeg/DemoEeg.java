package org.tessera.udf.eeg;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.tessera.udf.eeg.read.Annotation;

/**
 * A small generated corpus of recordings: eight electrodes at 200 Hz for half a minute, with a
 * background that falls off as 1/f, an alpha rhythm at the back of the head while the eyes are
 * closed, beta rhythms over the middle, blinks at the front, and annotations that say so. EDF+
 * files, every eighth recording as a BrainVision triple, and one damaged file. Thread-safe.
 */
public final class DemoEeg {
  private static final List<String> NAMES =
      List.of("Fp1", "Fp2", "C3", "C4", "P3", "P4", "O1", "O2");
  private static final double[] ALPHA = {0.05, 0.05, 0.25, 0.25, 0.6, 0.6, 1, 1};
  private static final double[] BETA = {0.4, 0.4, 1, 1, 0.5, 0.5, 0.3, 0.3};
  private static final double[] BLINK = {1, 1, 0.12, 0.12, 0.04, 0.04, 0.02, 0.02};
  private static final double RATE = 200;
  private static final int SECONDS = 30;
  private static final double MICROVOLT = 1e-6;
  private static final int TRIPLE_EVERY = 8;

  private final Random random;
  private final int length = (int) (RATE * SECONDS);
  private final double[][] values = new double[NAMES.size()][length];
  private final List<Annotation> annotations = new ArrayList<>();

  private DemoEeg(long seed) {
    this.random = new Random(seed);
  }

  /**
   * Writes {@code count} good recordings and one that is cut short, {@code cut.edf}. Equal
   * arguments give equal bytes.
   *
   * @param dir the folder; it is made when it is not there
   * @throws IOException when the folder cannot be written
   */
  public static void write(Path dir, int count, long seed) throws IOException {
    Files.createDirectories(dir);
    for (int i = 0; i < count; i++) {
      DemoEeg recording = new DemoEeg(31 * seed + i);
      recording.generate();
      String name = String.format(Locale.ROOT, "recording_%03d", i);
      if (i % TRIPLE_EVERY == TRIPLE_EVERY - 1) {
        recording.writeBrainVision(dir, name);
      } else {
        Files.write(dir.resolve(name + ".edf"), recording.edf());
      }
    }
    DemoEeg cut = new DemoEeg(31 * seed - 1);
    cut.generate();
    byte[] whole = cut.edf();
    Files.write(dir.resolve("cut.edf"), Arrays.copyOf(whole, whole.length * 2 / 3));
  }

  private void generate() {
    double[] shared = background();
    for (double[] row : values) {
      double[] own = background();
      for (int i = 0; i < length; i++) {
        row[i] = 12 * own[i] + 6 * shared[i] + 0.8 * random.nextGaussian();
      }
    }
    double closed = 4 + 4 * random.nextDouble();
    double open = closed + 10 + 6 * random.nextDouble();
    annotations.add(new Annotation(closed, open - closed, "eyes closed", List.of()));
    rhythm(9 + 2.5 * random.nextDouble(), 30, ALPHA, closed, open);
    rhythm(17 + 8 * random.nextDouble(), 5, BETA, 0, SECONDS);
    for (double at = 1 + 2 * random.nextDouble();
        at < SECONDS - 1;
        at += 2 + 4 * random.nextDouble()) {
      if (at < closed - 0.5 || at > open) {
        blink(at);
      }
    }
    annotations.sort(java.util.Comparator.comparingDouble(Annotation::onsetS));
    for (double[] row : values) {
      for (int i = 0; i < length; i++) {
        row[i] *= MICROVOLT;
      }
    }
  }

  /**
   * Noise of unit variance whose power falls off as 1/f: white noise through three leaky sums of
   * different memory.
   */
  private double[] background() {
    double[] memory = {0.996, 0.94, 0.55};
    double[] weight = {0.05, 0.118, 0.324};
    double[] state = new double[3];
    double[] noise = new double[length];
    for (int i = 0; i < length; i++) {
      double white = random.nextGaussian();
      for (int k = 0; k < 3; k++) {
        state[k] = memory[k] * state[k] + weight[k] * white;
        noise[i] += state[k];
      }
    }
    return noise;
  }

  /** A rhythm that waxes and wanes, with its own phase on each channel. */
  private void rhythm(double hz, double size, double[] share, double from, double to) {
    double sway = 0.2 + 0.3 * random.nextDouble();
    double start = 2 * Math.PI * random.nextDouble();
    for (int channel = 0; channel < values.length; channel++) {
      double phase = start + 0.4 * random.nextGaussian();
      for (int i = (int) (from * RATE); i < Math.min(length, (int) (to * RATE)); i++) {
        double t = i / RATE;
        double edge = Math.min(1, Math.min(t - from, to - t) * 2);
        double spindle = 0.55 + 0.45 * Math.sin(2 * Math.PI * sway * t + start);
        values[channel][i] +=
            share[channel] * size * edge * spindle * Math.sin(2 * Math.PI * hz * t + phase);
      }
    }
  }

  private void blink(double at) {
    double width = 0.25 + 0.15 * random.nextDouble();
    double size = 90 + 60 * random.nextDouble();
    annotations.add(new Annotation(at, width, "blink", List.of()));
    for (int channel = 0; channel < values.length; channel++) {
      for (int i = 0; i < width * RATE && at * RATE + i < length; i++) {
        double shape = Math.sin(Math.PI * i / (width * RATE));
        values[channel][(int) (at * RATE) + i] += BLINK[channel] * size * shape * shape;
      }
    }
  }

  private byte[] edf() {
    return new EdfWriter(
            NAMES.stream().map(name -> "EEG " + name).toList(),
            Collections.nCopies(NAMES.size(), "V"),
            RATE,
            values,
            annotations)
        .toBytes();
  }

  private void writeBrainVision(Path dir, String name) throws IOException {
    StringBuilder header =
        new StringBuilder(
            """
            Brain Vision Data Exchange Header File Version 1.0

            [Common Infos]
            Codepage=UTF-8
            DataFile=%1$s.eeg
            MarkerFile=%1$s.vmrk
            DataFormat=BINARY
            DataOrientation=MULTIPLEXED
            NumberOfChannels=%2$d
            SamplingInterval=%3$d

            [Binary Infos]
            BinaryFormat=INT_16

            [Channel Infos]
            """
                .formatted(name, NAMES.size(), (int) (1e6 / RATE)));
    for (int channel = 0; channel < NAMES.size(); channel++) {
      header.append("Ch%d=%s,,0.1,\u00b5V\n".formatted(channel + 1, NAMES.get(channel)));
    }
    StringBuilder markers =
        new StringBuilder(
            """
            Brain Vision Data Exchange Marker File, Version 1.0

            [Common Infos]
            Codepage=UTF-8
            DataFile=%s.eeg

            [Marker Infos]
            Mk1=New Segment,,1,1,0
            """
                .formatted(name));
    for (int i = 0; i < annotations.size(); i++) {
      Annotation annotation = annotations.get(i);
      markers.append(
          "Mk%d=Comment,%s,%d,%d,0\n"
              .formatted(
                  i + 2,
                  annotation.text(),
                  Math.round(annotation.onsetS() * RATE) + 1,
                  Math.max(1, Math.round(annotation.durationS() * RATE))));
    }
    byte[] data = new byte[2 * NAMES.size() * length];
    for (int i = 0, at = 0; i < length; i++) {
      for (double[] row : values) {
        int stored = (int) Math.rint(row[i] / MICROVOLT / 0.1);
        data[at++] = (byte) stored;
        data[at++] = (byte) (stored >> 8);
      }
    }
    Files.writeString(dir.resolve(name + ".vhdr"), header);
    Files.writeString(dir.resolve(name + ".vmrk"), markers);
    Files.write(dir.resolve(name + ".eeg"), data);
  }
}
