package org.tessera.udf.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.model.bundle.Step;
import org.tessera.udf.audio.feature.KaldiFbank;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

class AudioFrontEndTest {
  @Test
  void givesTheWholeFileWithoutSteps() throws Exception {
    float[][] stereo = noise(2, 1000, 1);
    List<Segment> segments = run(WavWriter.write(stereo, 8000));

    assertThat(segments).hasSize(1);
    Segment segment = segments.get(0);
    assertThat(segment.signal().shape()).containsExactly(2, 1000);
    assertThat(segment.channel()).isEqualTo(-1);
    assertThat(segment.startS()).isZero();
    assertThat(segment.endS()).isEqualTo(0.125);
    assertThat(segment.signal().toFloats()).startsWith(quantized(stereo[0]));
    assertThat(segment.geometry())
        .containsEntry("rate", 8000)
        .containsEntry("source_rate", 8000)
        .containsEntry("source_channels", 2)
        .containsEntry("axes", "channel,time");
  }

  @Test
  void mixesAndResamplesAsTorchaudioDoes() throws Exception {
    float[] input = Golden.floats("signal/input.f32");
    float[] expected = Golden.floats("signal/44100_16000.f32");
    byte[] wav = WavWriter.write(new float[][] {input, input}, 44_100);

    Segment segment = run(wav, step("mono"), step("resample", "rate", 16_000)).get(0);

    assertThat(segment.signal().shape()).containsExactly(expected.length);
    // The file rounds the samples to 16 bits.
    assertThat(Golden.gap(segment.signal().toFloats(), expected)).isLessThan(5e-5);
  }

  @Test
  void cutsForBasicPitchAsItsAuthorsDo() throws Exception {
    byte[] wav = WavWriter.write(noise(1, 100_000, 2), 22_050);
    List<Segment> segments =
        run(
            wav,
            step("pad", "before", 3840),
            step("segment", "samples", 43_844, "hop", 36_164, "starts", "every"),
            step("layout", "axes", List.of("time", "channel")));

    assertThat(segments).hasSize(3);
    assertThat(segments.get(0).signal().shape()).containsExactly(43_844, 1);
    assertThat(Arrays.copyOf(segments.get(0).signal().toFloats(), 3840)).containsOnly(0);
    assertThat(segments.get(0).startS()).isZero();
    assertThat(segments.get(1).startS()).isEqualTo((36_164 - 3840) / 22_050.0);
    assertThat(segments.get(2).geometry()).containsEntry("samples", 103_840 - 2 * 36_164);
    assertThat(segments.get(2).endS()).isEqualTo(100_000 / 22_050.0);
    float[] last = segments.get(2).signal().toFloats();
    assertThat(Arrays.copyOfRange(last, 103_840 - 2 * 36_164, 43_844)).containsOnly(0);
  }

  @Test
  void padsForLyraToWholeFrames() throws Exception {
    byte[] wav = WavWriter.write(noise(1, 1000, 3), 16_000);
    Segment segment = run(wav, step("pad_multiple", "samples", 320)).get(0);
    assertThat(segment.signal().shape()).containsExactly(1280);
    assertThat(segment.geometry()).containsEntry("samples", 1000);
  }

  @Test
  void normalizesEachWindowAsEncodecDoes() throws Exception {
    float[][] stereo = noise(2, 2500, 4);
    byte[] wav = WavWriter.write(stereo, 1000);
    List<Segment> segments =
        run(
            wav,
            step("segment", "seconds", 1, "overlap", 0.01, "starts", "every", "tail", "keep"),
            step("rms_normalize"));

    assertThat(segments).hasSize(3);
    assertThat(segments.get(2).signal().shape()).containsExactly(2, 520);
    float[] window = segments.get(1).signal().toFloats();
    double squares = 0;
    for (int i = 0; i < 1000; i++) {
      double mono = (quantize(stereo[0][990 + i]) + quantize(stereo[1][990 + i])) / 2;
      squares += mono * mono;
    }
    double gain = 1 / (Math.sqrt(squares / 1000) + 1e-8);
    assertThat((double) segments.get(1).geometry().get("gain")).isCloseTo(gain, within(1e-5));
    assertThat((double) window[7]).isCloseTo(quantize(stereo[0][997]) * gain, within(1e-5));
    // Undone, the file's samples are there again.
    byte[] file =
        new AudioReconstructor().file(window, new int[] {2, 1000}, segments.get(1).geometry());
    float[] again = run(file).get(0).signal().toFloats();
    assertThat(Arrays.copyOf(again, 1000))
        .isEqualTo(quantized(Arrays.copyOfRange(stereo[0], 990, 1990)));
  }

  @Test
  void normalizesAWholeFileByItsPeak() throws Exception {
    float[] quiet = new float[5000];
    quiet[4321] = -0.25f;
    quiet[7] = 0.125f;
    byte[] wav = WavWriter.write(new float[][] {quiet}, 8000);
    List<Segment> segments =
        run(wav, step("peak_normalize", "level", 0.5), step("segment", "samples", 1000));
    assertThat(segments).hasSize(5);
    assertThat(segments.get(0).signal().toFloats()[7]).isEqualTo(0.25f);
    assertThat(segments.get(4).signal().toFloats()[321]).isEqualTo(-0.5f);
    assertThat(segments.get(0).geometry()).containsEntry("gain", 2.0);
  }

  @Test
  void makesTheFilterBankOfBeats() throws Exception {
    byte[] wav = WavWriter.write(noise(1, 160_000, 5), 16_000);
    Segment segment =
        run(
                wav,
                step("scale", "factor", 32_768),
                step("kaldi_fbank", "bins", 128),
                step("normalize", "mean", 15.41663, "std", 13.11164))
            .get(0);
    assertThat(segment.signal().shape()).containsExactly(998, 128);
    float[] scaled = quantized(noise(1, 160_000, 5)[0]);
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= 32_768;
    }
    float[] rows = new KaldiFbank(KaldiFbank.Options.defaults(16_000, 128)).apply(scaled);
    assertThat(segment.signal().toFloats()[999])
        .isEqualTo((float) ((rows[999] - 15.41663) / 13.11164));
  }

  @Test
  void countsTheFramesOfTadicodec() throws Exception {
    byte[] wav = WavWriter.write(noise(1, 24_000, 6), 24_000);
    Step mel =
        step(
            "log_mel", "fft", 1920, "hop", 480, "bins", 128, "high_hz", 12_000, "pad", 720, "power",
            1, "epsilon", 1e-9, "floor", 1e-5);
    Segment segment = run(wav, mel, step("layout", "axes", List.of("bin", "frame"))).get(0);
    assertThat(segment.signal().shape()).containsExactly(128, 50);
  }

  /** Half a minute, whatever there is: 3000 frames, none further than 2 below the loudest. */
  @Test
  void makesWhispersFeatures() throws Exception {
    byte[] wav = WavWriter.write(noise(1, 16_000, 6), 16_000);
    List<Step> steps =
        List.of(
            step("segment", "seconds", 30),
            step(
                "log_mel",
                "fft",
                400,
                "hop",
                160,
                "bins",
                80,
                "log",
                "log10",
                "range",
                8,
                "drop_last_frame",
                true),
            step("normalize", "mean", -4, "std", 4),
            step("layout", "axes", List.of("bin", "frame")));
    Segment segment = run(wav, steps.toArray(Step[]::new)).get(0);
    assertThat(segment.signal().shape()).containsExactly(80, 3000);
    float[] values = segment.signal().toFloats();
    double loudest = Arrays.stream(floats(values)).max().orElseThrow();
    assertThat((double) values[2999]).isCloseTo(loudest - 2, within(1e-6));
    assertThatThrownBy(
            () ->
                run(
                    wav,
                    step("log_mel", "fft", 400, "hop", 160, "bins", 80, "log", "none", "range", 8)))
        .hasMessageContaining("Cannot use log_mel.range: 8.0 with log none");
  }

  /** A rest of a few samples, of which no frame can be made, does not cost the file. */
  @Test
  void leavesOutARestThatIsTooShortForAFrame() throws Exception {
    byte[] wav = WavWriter.write(noise(1, 16_000 + 150, 6), 16_000);
    Step mel = step("log_mel", "fft", 400, "hop", 160, "bins", 80, "drop_last_frame", true);
    Step rest = step("segment", "seconds", 1, "tail", "keep", "least_samples", 400);
    assertThat(run(wav, rest, mel)).hasSize(1);
    assertRejected(
        wav,
        RejectCode.TOO_SHORT,
        "Cannot make one row of log_mel from 150 samples (drop such files, or pad them)",
        step("segment", "seconds", 1, "tail", "keep"),
        mel);
  }

  private static double[] floats(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  @Test
  void mdctComesBackToTheSameFile() throws Exception {
    float[][] stereo = noise(2, 3333, 7);
    byte[] wav = WavWriter.write(stereo, 16_000);
    for (Step mdct :
        List.of(step("mdct", "size", 256), step("mdct", "size", 64, "window", "kbd"))) {
      Segment segment = run(wav, mdct, step("normalize", "mean", 0.1, "std", 0.5)).get(0);
      int[] shape = segment.signal().shape();
      assertThat(shape[0] * shape[1] * shape[2]).isEqualTo(segment.signal().toFloats().length);
      AudioReconstructor reconstructor = new AudioReconstructor();
      float[] values = segment.signal().toFloats();
      assertThat(reconstructor.file(values, shape, segment.geometry())).isEqualTo(wav);
      assertThat(reconstructor.compare(segment.signal(), values, shape, segment.geometry()))
          .containsEntry("sdr", 120.0)
          .containsEntry("log_spectral_distance", 0.0);
    }
  }

  @Test
  void splitsChannelsIntoSegments() throws Exception {
    float[][] stereo = noise(2, 2000, 8);
    byte[] wav = WavWriter.write(stereo, 8000);
    List<Segment> segments = run(wav, step("segment", "samples", 1000), step("split_channels"));
    assertThat(segments).extracting(Segment::index).containsExactly(0, 0, 1, 1);
    assertThat(segments).extracting(Segment::channel).containsExactly(0, 1, 0, 1);
    assertThat(segments.get(3).signal().toFloats())
        .isEqualTo(quantized(Arrays.copyOfRange(stereo[1], 1000, 2000)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pad", "keep", "drop"})
  void countsSegmentsExactly(String tail) throws Exception {
    for (String starts : List.of("cover", "every")) {
      for (int hop : new int[] {50, 100, 130}) {
        Step segment = step("segment", "samples", 100, "hop", hop, "starts", starts, "tail", tail);
        SegmentRule rule = SegmentRule.of(segment);
        for (int length : new int[] {1, 49, 50, 99, 100, 101, 149, 150, 151, 230, 231, 360, 1000}) {
          byte[] wav = WavWriter.write(noise(1, length, length), 8000);
          long expected = rule.count(length, 8000);
          if (expected == 0) {
            assertThatThrownBy(() -> run(wav, segment))
                .hasMessageStartingWith("Cannot make a segment: the file is shorter than one");
          } else {
            assertThat(run(wav, segment))
                .as("%s %d %d", starts, hop, length)
                .hasSize((int) expected);
          }
        }
      }
    }
    SegmentRule cover = SegmentRule.of(step("segment", "samples", 100, "hop", 50));
    assertThat(cover.count(100, 8000)).isEqualTo(1);
    assertThat(cover.count(101, 8000)).isEqualTo(2);
    assertThat(cover.count(150, 8000)).isEqualTo(2);
    SegmentRule every =
        SegmentRule.of(step("segment", "samples", 100, "hop", 50, "starts", "every"));
    assertThat(every.count(100, 8000)).isEqualTo(2);
    assertThat(every.count(101, 8000)).isEqualTo(3);
  }

  @Test
  void segmentsAreTheSignalItself() throws Exception {
    float[] signal = noise(1, 1234, 9)[0];
    byte[] wav = WavWriter.write(new float[][] {signal}, 8000);
    for (Segment segment : run(wav, step("segment", "samples", 100, "hop", 37, "tail", "keep"))) {
      int start = 37 * segment.index();
      float[] values = segment.signal().toFloats();
      assertThat(values)
          .isEqualTo(quantized(Arrays.copyOfRange(signal, start, start + values.length)));
    }
    float[] mirrored =
        run(wav, step("segment", "samples", 1300, "pad", "reflect")).get(0).signal().toFloats();
    assertThat(mirrored[1234]).isEqualTo(mirrored[1232]);
    assertThat(mirrored[1299]).isEqualTo(mirrored[1234 - 67]);
  }

  @Test
  void rejectsWhatTheDataDoNotAllow() {
    byte[] stereo = WavWriter.write(noise(2, 300, 10), 8000);
    assertRejected(
        stereo,
        RejectCode.UNSUPPORTED_FORMAT,
        "Cannot lay out 2 channels without the axis channel (add it, or the step mono)",
        step("layout", "axes", "time"));
    assertRejected(
        stereo,
        RejectCode.TOO_SHORT,
        "Cannot make one row of log_mel from 300 samples (drop such files, or pad them)",
        step("log_mel", "fft", 1024, "hop", 256, "bins", 40));
    assertRejected(
        stereo,
        RejectCode.UNSUPPORTED_FORMAT,
        "Cannot use step kaldi_fbank at 8000 Hz: Cannot make 40 mel filters from 20.0 to 8000.0 Hz"
            + " at 8000 Hz (give more than 3, below half the rate); put a step resample before it",
        step("kaldi_fbank", "bins", 40, "high_hz", 8000));
    Limits small = new Limits(1 << 20, 1, 500, 10, 2, 1, 1, 1000);
    assertThatThrownBy(() -> run(stereo, small))
        .hasMessage(
            "Cannot hold more than 500 samples at once (make segments shorter, or raise"
                + " limits.samples)");
    Limits enough = new Limits(1 << 20, 1, 600, 10, 2, 1, 1, 1000);
    assertThatCode(() -> run(stereo, enough)).doesNotThrowAnyException();
  }

  @Test
  void refusesStepsThatCannotBe() {
    assertThatThrownBy(() -> front(step("resampel", "rate", 8000)))
        .hasMessageContaining("Cannot use step resampel for audio")
        .hasMessageContaining("resample");
    assertThatThrownBy(() -> front(step("resample")))
        .hasMessage("Cannot use step resample without the parameter rate (add it)");
    assertThatThrownBy(() -> front(step("segment", "samples", 10), step("resample", "rate", 9)))
        .hasMessage("Cannot use step resample after segment (put it before, and once)");
    assertThatThrownBy(() -> front(step("mdct", "size", 8), step("mono")))
        .hasMessage("Cannot use step mono after mdct (put it before, and once)");
    assertThatThrownBy(() -> front(step("mono"), step("layout", "axes", "frame,bin")))
        .hasMessageStartingWith("Cannot use layout.axes: [frame,bin]");
    assertThatThrownBy(() -> front(step("mono"), step("layout", "axes", List.of("frame", "bin"))))
        .hasMessage(
            "Cannot use layout.axes: [frame, bin] (the steps give the axes [channel, time])");
    assertThatThrownBy(() -> front(step("segment", "samples", 10, "seconds", 1)))
        .hasMessage("Cannot use segment (give either samples or seconds)");
    assertThatThrownBy(() -> front(step("mono", "methd", "mean")))
        .hasMessage("Cannot use parameter methd of step mono (it takes none)");
  }

  private static void assertRejected(byte[] wav, RejectCode code, String message, Step... steps) {
    assertThatThrownBy(() -> run(wav, steps))
        .isInstanceOf(SampleException.class)
        .hasMessage(message)
        .extracting(e -> ((SampleException) e).code())
        .isEqualTo(code);
  }

  private static AudioFrontEnd front(Step... steps) {
    return AudioFrontEnd.of(List.of(steps), Limits.DEFAULT);
  }

  private static List<Segment> run(byte[] file, Step... steps) throws SampleException {
    return run(file, Limits.DEFAULT, steps);
  }

  private static List<Segment> run(byte[] file, Limits limits, Step... steps)
      throws SampleException {
    List<Segment> all = new ArrayList<>();
    try (Segments segments =
        AudioFrontEnd.of(List.of(steps), limits).open(SampleInput.of("a.wav", file))) {
      for (Segment segment = segments.next(); segment != null; segment = segments.next()) {
        all.add(segment);
      }
    }
    return all;
  }

  static Step step(String name, Object... parameters) {
    Map<String, Object> map = new TreeMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put((String) parameters[i], parameters[i + 1]);
    }
    return new Step(name, new TreeMap<>(map));
  }

  static float[][] noise(int channels, int length, long seed) {
    Random random = new Random(seed);
    float[][] values = new float[channels][length];
    for (float[] channel : values) {
      for (int i = 0; i < length; i++) {
        channel[i] = random.nextFloat() - 0.5f;
      }
    }
    return values;
  }

  private static float quantize(float value) {
    return WavWriter.sample(value) / 32_768f;
  }

  private static float[] quantized(float[] values) {
    float[] quantized = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      quantized[i] = quantize(values[i]);
    }
    return quantized;
  }
}
