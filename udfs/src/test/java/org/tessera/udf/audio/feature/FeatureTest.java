package org.tessera.udf.audio.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.udf.audio.Golden;

class FeatureTest {
  @Test
  void fbankOfBeatsEqualsTorchaudio() throws IOException {
    float[] samples = Golden.floats("feature/input.f32");
    for (int i = 0; i < samples.length; i++) {
      samples[i] *= 32768;
    }
    KaldiFbank fbank = new KaldiFbank(KaldiFbank.Options.defaults(16_000, 128));

    float[] rows = fbank.apply(samples);

    assertThat(fbank.frames(samples.length)).isEqualTo(36);
    assertThat(Golden.gap(rows, Golden.floats("feature/fbank_beats.f32"))).isLessThan(1e-4);
  }

  @Test
  void tenSecondsAre998FramesOfFbank() {
    KaldiFbank fbank = new KaldiFbank(KaldiFbank.Options.defaults(16_000, 128));
    assertThat(fbank.frames(160_000)).isEqualTo(998);
    assertThat(fbank.frames(399)).isZero();
    assertThat(fbank.frames(400)).isEqualTo(1);
  }

  @Test
  void fbankWithMirroredEdgesEqualsTorchaudio() throws IOException {
    KaldiFbank fbank =
        new KaldiFbank(
            new KaldiFbank.Options(
                16_000, 40, 25, 10, 20, 0, 0.97, "hamming", KaldiFbank.Edges.REFLECT));
    float[] rows = fbank.apply(Golden.floats("feature/input.f32"));
    assertThat(Golden.gap(rows, Golden.floats("feature/fbank_reflect.f32"))).isLessThan(1e-4);
  }

  @Test
  void melOfTadicodecEqualsTheReference() throws IOException {
    LogMel mel =
        new LogMel(
            new LogMel.Options(
                24_000,
                1920,
                1920,
                480,
                128,
                0,
                12_000,
                720,
                LogMel.Edges.REFLECT,
                1,
                1e-9,
                LogMel.Scale.SLANEY_AREA,
                LogMel.Compression.LN,
                1e-5));
    float[] rows = mel.apply(Golden.floats("feature/input.f32"));
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) ((rows[i] + 4.92) / Math.sqrt(8.14));
    }
    assertThat(Golden.gap(rows, Golden.floats("feature/mel_tadicodec.f32"))).isLessThan(1e-4);
    assertThat(mel.frames(24_000)).isEqualTo(50);
  }

  @Test
  void melEqualsTorchaudiosDefault() throws IOException {
    LogMel mel = centred(64, LogMel.Edges.REFLECT, LogMel.Scale.HTK, LogMel.Compression.NONE);
    float[] rows = mel.apply(Golden.floats("feature/input.f32"));
    float[] expected = Golden.floats("feature/mel_torchaudio.f32");
    double largest = Golden.gap(expected, new float[expected.length]);
    assertThat(Golden.gap(rows, expected) / largest).isLessThan(2e-6);
  }

  @Test
  void melInDecibelsEqualsLibrosa() throws IOException {
    LogMel mel = centred(80, LogMel.Edges.ZERO, LogMel.Scale.SLANEY_AREA, LogMel.Compression.DB);
    float[] rows = mel.apply(Golden.floats("feature/input.f32"));
    // In decibels one unit is 10 / ln 10 times smaller than in natural logarithms.
    assertThat(Golden.gap(rows, Golden.floats("feature/mel_librosa_db.f32"))).isLessThan(4e-4);
  }

  /** Silence in front is further below the loudest than is kept. */
  @Test
  void melOfWhisperEqualsWhispers() throws IOException {
    LogMel mel =
        centred(80, LogMel.Edges.REFLECT, LogMel.Scale.SLANEY_AREA, LogMel.Compression.LOG10);
    float[] samples = Golden.floats("feature/input.f32");
    Arrays.fill(samples, 0, 2400, 0);
    float[] rows = new LoudestRange(mel, 8, true).apply(samples);
    float least = Float.POSITIVE_INFINITY;
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (rows[i] + 4) / 4;
      least = Math.min(least, rows[i]);
    }
    float[] expected = Golden.floats("feature/mel_whisper.f32");
    assertThat(Golden.gap(rows, expected)).isLessThan(1e-4);
    assertThat(rows).hasSize(37 * 80);
    assertThat(rows[0]).isEqualTo(least);
    assertThat(new LoudestRange(mel, 8, true).frames(480_000)).isEqualTo(3000);
  }

  private static LogMel centred(
      int bins, LogMel.Edges edges, LogMel.Scale scale, LogMel.Compression compression) {
    return new LogMel(
        new LogMel.Options(
            16_000, 400, 400, 160, bins, 0, 0, 200, edges, 2, 0, scale, compression, 1e-10));
  }

  @Test
  void mdctEqualsScipy() throws IOException {
    float[] samples = Golden.floats("feature/input.f32");
    assertThat(Golden.gap(Mdct.sine(320).apply(samples), Golden.floats("feature/mdct_sine.f32")))
        .isLessThan(2e-7);
    assertThat(
            Golden.gap(
                Mdct.kaiserBessel(320, 4).apply(samples), Golden.floats("feature/mdct_kbd.f32")))
        .isLessThan(2e-7);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 6, 64, 250, 256, 320, 1024})
  void mdctGivesTheSamplesBackAndKeepsEnergy(int size) {
    Random random = new Random(size);
    float[] samples = new float[3 * size + 1];
    double energy = 0;
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat() - 0.5f;
      energy += samples[i] * samples[i];
    }
    for (Mdct mdct : new Mdct[] {Mdct.sine(size), Mdct.kaiserBessel(size, 4)}) {
      float[] rows = mdct.apply(samples);
      assertThat(rows).hasSize(5 * size).hasSize(mdct.frames(samples.length) * mdct.bins());
      assertThat(Golden.gap(mdct.inverse(rows, samples.length), samples)).isLessThan(1e-6);
      double kept = 0;
      for (float value : rows) {
        kept += value * value;
      }
      assertThat(Math.abs(kept / energy - 1)).isLessThan(1e-6);
    }
  }

  @Test
  void refusesWhatCannotBeTransformed() {
    assertThatThrownBy(() -> Mdct.sine(7))
        .hasMessage("Cannot make an MDCT of 7 coefficients (give an even number)");
    assertThatThrownBy(() -> Mdct.sine(8).inverse(new float[16], 9))
        .hasMessage("Cannot make 9 samples of 16 MDCT coefficients (a row has 8)");
    assertThatThrownBy(() -> new KaldiFbank(KaldiFbank.Options.defaults(16_000, 3)))
        .hasMessageStartingWith("Cannot make 3 mel filters");
  }
}
