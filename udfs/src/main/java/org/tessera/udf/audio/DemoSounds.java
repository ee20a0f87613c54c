package org.tessera.udf.audio;

import java.util.Random;

/** Synthetic sounds in [-1, 1], made from a random source. */
final class DemoSounds {
  private static final double[][] VOWELS = {
    {730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410}
  };

  private DemoSounds() {}

  /** A chord of decaying harmonic tones. */
  static float[] chord(int rate, int length, Random random) {
    double[] sum = new double[length];
    double root = 110 * Math.pow(2, random.nextInt(25) / 12.0);
    for (double ratio : new double[] {1, 1.25, 1.5}) {
      double start = random.nextDouble() * 0.3 * length;
      for (int harmonic = 1; harmonic <= 6; harmonic++) {
        double step = 2 * Math.PI * root * ratio * harmonic / rate;
        for (int i = (int) start; i < length && step < Math.PI; i++) {
          double age = (i - start) / rate;
          sum[i] += Math.sin(step * (i - start)) / harmonic * Math.exp(-age * (1 + harmonic * 0.5));
        }
      }
    }
    return scaled(sum, 0.7);
  }

  /** A sine whose pitch glides over several octaves. */
  static float[] sweep(int rate, int length, Random random) {
    double[] wave = new double[length];
    double low = 60 + random.nextDouble() * 100;
    double octaves = 3 + random.nextDouble() * 3;
    boolean falls = random.nextBoolean();
    double phase = 0;
    for (int i = 0; i < length; i++) {
      double part = falls ? 1 - (double) i / length : (double) i / length;
      double frequency = Math.min(low * Math.pow(2, octaves * part), 0.45 * rate);
      phase += 2 * Math.PI * frequency / rate;
      wave[i] = Math.sin(phase);
    }
    return scaled(wave, 0.5);
  }

  /** Short bursts of coloured noise between silences. */
  static float[] bursts(int rate, int length, Random random) {
    double[] wave = new double[length];
    int at = 0;
    while (at < length) {
      int burst = (int) (rate * (0.03 + 0.2 * random.nextDouble()));
      double colour = random.nextDouble() * 0.95;
      double decay = 5 + 30 * random.nextDouble();
      double state = 0;
      for (int i = 0; i < burst && at + i < length; i++) {
        state = colour * state + (1 - colour) * random.nextGaussian();
        wave[at + i] = state * Math.exp(-decay * i / rate);
      }
      at += burst + (int) (rate * 0.25 * random.nextDouble());
    }
    return scaled(wave, 0.8);
  }

  /** A buzzing source through three moving resonances: syllables without meaning. */
  static float[] speech(int rate, int length, Random random) {
    double[] wave = new double[length];
    double[][] states = new double[3][2];
    double[] from = VOWELS[random.nextInt(VOWELS.length)];
    double[] to = from;
    int syllable = rate / 5;
    double base = 90 + 120 * random.nextDouble();
    double phase = 0;
    for (int i = 0; i < length; i++) {
      int within = i % syllable;
      if (within == 0) {
        from = to;
        to = VOWELS[random.nextInt(VOWELS.length)];
      }
      double part = (double) within / syllable;
      phase += base * (1 + 0.2 * Math.sin(2 * Math.PI * i / (1.7 * rate))) / rate;
      double pulse = phase >= 1 ? 1 : 0;
      phase -= Math.floor(phase);
      double source = pulse + 0.02 * random.nextGaussian();
      double loudness = Math.sin(Math.PI * Math.min(1, part * 1.15));
      for (int f = 0; f < 3; f++) {
        double frequency = from[f] + (to[f] - from[f]) * part;
        source = resonate(source, states[f], frequency, 60 + 40 * f, rate);
      }
      wave[i] = source * Math.max(0, loudness);
    }
    return scaled(wave, 0.6);
  }

  /** A two-pole resonance with unit gain at frequency 0. */
  private static double resonate(
      double input, double[] state, double frequency, double bandwidth, int rate) {
    double radius = Math.exp(-Math.PI * bandwidth / rate);
    double first = 2 * radius * Math.cos(2 * Math.PI * frequency / rate);
    double second = -radius * radius;
    double output = (1 - first - second) * input + first * state[0] + second * state[1];
    state[1] = state[0];
    state[0] = output;
    return output;
  }

  private static float[] scaled(double[] wave, double peak) {
    double largest = 1e-9;
    for (double value : wave) {
      largest = Math.max(largest, Math.abs(value));
    }
    float[] samples = new float[wave.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (wave[i] * peak / largest);
    }
    return samples;
  }
}
