package org.tessera.udf.audio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/** A small synthetic corpus of sound, for the {@code demo} command. */
public final class DemoAudio {
  private static final int[] RATES = {16_000, 22_050, 44_100};

  private DemoAudio() {}

  /**
   * Writes {@code count} files of 1 to 4 seconds, named {@code sound-0000.wav} and so on: chords,
   * sweeps, noise bursts and speech-like syllables in turn, mono and stereo at three rates, every
   * third one as FLAC, the others as 16-bit WAV; and {@code cut-off.wav}, whose second half is
   * missing. The same seed gives the same samples.
   *
   * @param dir an existing folder
   */
  public static void write(Path dir, int count, long seed) throws IOException {
    for (int i = 0; i < count; i++) {
      Random random = new Random(seed * 1_000_003 + i);
      int rate = RATES[random.nextInt(RATES.length)];
      int length = rate + random.nextInt(3 * rate);
      float[][] channels = new float[1 + random.nextInt(2)][];
      channels[0] = sound(i % 4, rate, length, random);
      for (int channel = 1; channel < channels.length; channel++) {
        channels[channel] = echo(channels[0], rate / 100);
      }
      String name = String.format(Locale.ROOT, "sound-%04d", i);
      if (i % 3 == 2) {
        FlacWriter.write(dir.resolve(name + ".flac"), channels, rate);
      } else {
        Files.write(dir.resolve(name + ".wav"), WavWriter.write(channels, rate));
      }
    }
    float[] sweep = DemoSounds.sweep(16_000, 16_000, new Random(seed));
    byte[] whole = WavWriter.write(new float[][] {sweep}, 16_000);
    Files.write(dir.resolve("cut-off.wav"), Arrays.copyOf(whole, whole.length / 2));
  }

  private static float[] sound(int kind, int rate, int length, Random random) {
    return switch (kind) {
      case 0 -> DemoSounds.speech(rate, length, random);
      case 1 -> DemoSounds.chord(rate, length, random);
      case 2 -> DemoSounds.bursts(rate, length, random);
      default -> DemoSounds.sweep(rate, length, random);
    };
  }

  private static float[] echo(float[] samples, int delay) {
    float[] delayed = new float[samples.length];
    for (int i = delay; i < delayed.length; i++) {
      delayed[i] = 0.8f * samples[i - delay];
    }
    return delayed;
  }
}
