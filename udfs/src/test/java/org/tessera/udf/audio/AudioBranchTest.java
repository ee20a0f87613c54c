package org.tessera.udf.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tessera.udf.audio.AudioFrontEndTest.noise;
import static org.tessera.udf.audio.AudioFrontEndTest.step;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Several inputs of one sound, and the steps on rows that such models want. */
class AudioBranchTest {
  private static final byte[] STEREO = WavWriter.write(noise(2, 5000, 1), 16_000);

  @Test
  void anInputHasItsOwnStepsAndTheSignalStaysAsItIs() throws Exception {
    Step half = step("resample", "rate", 8000);
    Step rows = step("frames", "size", 40);
    Step order = step("layout", "axes", List.of("bin", "frame"));
    Segment segment =
        run(
                step("mono"),
                branch("low", map("scale", "factor", 2), map("resample", "rate", 8000)),
                branch("rows", map("frames", "size", 40), map("layout", "axes", order("bin"))),
                step("scale", "factor", 3),
                step("peak_normalize"))
            .get(0);

    Segment plain = run(step("mono"), step("scale", "factor", 3), step("peak_normalize")).get(0);
    assertThat(segment.inputs().keySet()).containsExactly("low", "rows", "signal");
    assertThat(segment.signal().toFloats()).isEqualTo(plain.signal().toFloats());
    assertThat(segment.geometry()).containsEntry("rate", 16_000).containsEntry("samples", 5000);
    float[] low = run(step("mono"), step("scale", "factor", 2), half).get(0).signal().toFloats();
    assertThat(segment.inputs().get("low").toFloats()).hasSize(2500).isEqualTo(low);
    Segment framed = run(step("mono"), rows, order).get(0);
    assertThat(segment.inputs().get("rows").shape()).containsExactly(40, 125);
    assertThat(segment.inputs().get("rows").toFloats()).isEqualTo(framed.signal().toFloats());
  }

  /** The gain after the segment is in the signal and in what branches off behind it. */
  @Test
  void aBranchIsOfEachSegmentAndChannel() throws Exception {
    List<Segment> segments =
        run(
            step("segment", "samples", 2000, "tail", "keep"),
            step("split_channels"),
            step("scale", "factor", -1),
            branch("padded", map("pad", "before", 2, "after", 1)));

    assertThat(segments).hasSize(6);
    for (Segment segment : segments) {
      float[] signal = segment.signal().toFloats();
      float[] padded = segment.inputs().get("padded").toFloats();
      assertThat(padded).hasSize(signal.length + 3).startsWith(0, 0).endsWith(0);
      assertThat(Arrays.copyOfRange(padded, 2, padded.length - 1)).isEqualTo(signal);
    }
    assertThat(segments.get(5).signal().shape()).containsExactly(1000);
  }

  @Test
  void fillsUpAWholeHopWhereCodecsDo() throws Exception {
    assertThat(length(step("pad_multiple", "samples", 1000))).isEqualTo(5000);
    assertThat(length(step("pad_multiple", "samples", 1000, "always", true))).isEqualTo(6000);
    assertThat(length(step("pad_multiple", "samples", 999, "always", true))).isEqualTo(5994);
    assertThat(length(step("pad_multiple", "samples", 999))).isEqualTo(5994);
    assertRefused(
        "Cannot use pad_multiple.always with tail: drop (it is about padding)",
        step("pad_multiple", "samples", 9, "tail", "drop", "always", true));
  }

  @Test
  void fixesTheLength() throws Exception {
    float[] signal = run(step("mono")).get(0).signal().toFloats();
    Segment first = run(step("mono"), step("fix_length", "seconds", 0.25)).get(0);
    assertThat(first.signal().toFloats()).isEqualTo(Arrays.copyOf(signal, 4000));
    assertThat(first.endS()).isEqualTo(0.25);
    assertThat(first.geometry()).containsEntry("samples", 4000);

    Segment zeros = run(step("mono"), step("fix_length", "samples", 12_000)).get(0);
    assertThat(zeros.signal().toFloats()).isEqualTo(Arrays.copyOf(signal, 12_000));
    assertThat(zeros.endS()).isEqualTo(5000 / 16_000.0);
    assertThat(zeros.geometry()).containsEntry("samples", 5000);

    float[] again =
        run(step("mono"), step("fix_length", "samples", 12_000, "pad", "repeat"))
            .get(0)
            .signal()
            .toFloats();
    float[] mirrored =
        run(step("mono"), step("fix_length", "samples", 12_000, "pad", "reflect"))
            .get(0)
            .signal()
            .toFloats();
    assertThat(again).startsWith(signal).hasSize(12_000);
    for (int i = 5000; i < 12_000; i++) {
      assertThat(again[i]).isEqualTo(signal[i % 5000]);
      // Back to the start, and from there on.
      assertThat(mirrored[i]).isEqualTo(signal[i < 9998 ? 9998 - i : i - 9998]);
    }
    assertRefused("Cannot use fix_length (give either", step("fix_length"));
    assertRefused("Cannot use fix_length of 0 samples", step("fix_length", "samples", 0));
    assertRefused(
        "Cannot use fix_length of 0 samples or -1.0 s", step("fix_length", "seconds", -1));
  }

  private static int length(Step step) throws SampleException {
    return run(step("mono"), step).get(0).signal().shape()[0];
  }

  /** The extractor of transformers: 33 frames, so that the last row is half filled. */
  @Test
  void makesTheFeaturesOfW2vBert() throws Exception {
    float[] samples = Arrays.copyOf(Golden.floats("feature/input.f32"), 5600);
    float[] expected = Golden.floats("feature/fbank_w2v_bert.f32");
    Segment segment =
        features(samples, step("stack_frames", "frames", 2, "tail", "pad", "value", 1));
    assertThat(segment.signal().shape()).containsExactly(17, 160);
    assertThat(Golden.gap(segment.signal().toFloats(), expected)).isLessThan(1e-4);

    Segment dropped = features(samples, step("stack_frames", "frames", 2));
    assertThat(dropped.signal().shape()).containsExactly(16, 160);
    assertThat(segment.signal().toFloats()).startsWith(dropped.signal().toFloats());
  }

  private static Segment features(float[] samples, Step stack) throws SampleException {
    List<Step> steps =
        List.of(
            step("scale", "factor", 32_768), step("kaldi_fbank", "bins", 80), step("cmvn"), stack);
    Window window =
        new Window(16_000, new float[][] {samples}, samples.length, new Notes().geometry());
    // A scale before the first step of a window is one on the signal.
    Step branch = branch("features", steps.stream().map(AudioBranchTest::map).toArray(Map[]::new));
    AudioSteps.of(List.of(branch), Limits.DEFAULT).features(window);
    return Segment.of(0, -1, 0, 0, window.inputs().get("features"), window.geometry());
  }

  @Test
  void normalizesEachBin() throws Exception {
    Step bank = step("kaldi_fbank", "bins", 4);
    float[] raw = run(step("mono"), bank).get(0).signal().toFloats();
    float[] keep = rows(bank, step("cmvn", "variance", "keep"));
    float[] biased = rows(bank, step("cmvn", "variance", "biased", "added", 0));
    float[] unbiased = rows(bank, step("cmvn", "added", 0));
    int frames = raw.length / 4;
    for (int bin = 0; bin < 4; bin++) {
      double mean = 0;
      for (int t = 0; t < frames; t++) {
        mean += raw[4 * t + bin] / (double) frames;
      }
      double squares = 0;
      for (int t = 0; t < frames; t++) {
        squares += Math.pow(raw[4 * t + bin] - mean, 2);
      }
      for (int t = 0; t < frames; t++) {
        double centred = raw[4 * t + bin] - mean;
        assertThat(keep[4 * t + bin]).isEqualTo((float) centred);
        assertThat(biased[4 * t + bin] - centred / Math.sqrt(squares / frames))
            .isBetween(-1e-6, 1e-6);
        assertThat(unbiased[4 * t + bin] - centred / Math.sqrt(squares / (frames - 1)))
            .isBetween(-1e-6, 1e-6);
      }
    }
    float[] still = new float[8000];
    Segment silent =
        run(WavWriter.write(new float[][] {still}, 16_000), bank, step("cmvn", "added", 0)).get(0);
    assertThat(silent.signal().toFloats()).containsOnly(0);
  }

  private static float[] rows(Step... steps) throws SampleException {
    List<Step> all = new ArrayList<>(List.of(step("mono")));
    all.addAll(List.of(steps));
    return run(all.toArray(Step[]::new)).get(0).signal().toFloats();
  }

  @Test
  void rejectsWhatIsTooShort() {
    byte[] one = WavWriter.write(noise(1, 500, 1), 16_000);
    Step bank = step("kaldi_fbank", "bins", 4);
    assertThatThrownBy(() -> run(one, bank, step("cmvn")))
        .isInstanceOf(SampleException.class)
        .hasMessage("Cannot take the variance of one frame (drop such files, or pad them)");
    assertThatThrownBy(() -> run(one, bank, step("stack_frames", "frames", 2)))
        .isInstanceOf(SampleException.class)
        .hasMessage("Cannot stack 1 frames, fewer than 2 (use tail: pad)");
    assertThatThrownBy(() -> run(one, branch("rows", map("frames", "size", 501))))
        .isInstanceOf(SampleException.class)
        .hasMessageStartingWith("Cannot make one row of frames from 500 samples");
  }

  @Test
  void refusesWhatCannotBe() {
    assertRefused("Cannot use branch.role: nothing", step("branch", "steps", List.of(map("mono"))));
    assertRefused("Cannot use branch.role: signal", branch("signal", map("mono")));
    assertRefused("Cannot use branch.role: Low-Band", branch("Low-Band", map("mono")));
    assertRefused("Cannot use branch low without steps", branch("low"));
    assertRefused(
        "Cannot use branch.steps: mono (give a list of steps",
        step("branch", "role", "low", "steps", List.of("mono")));
    assertRefused(
        "Cannot use parameter stesp of step branch (did you mean steps?)",
        step("branch", "role", "low", "stesp", 1));
    assertRefused(
        "Cannot use step segment in branch low (put it outside",
        branch("low", map("segment", "samples", 9)));
    assertRefused(
        "did you mean resample?), in branch low", branch("low", map("resampel", "rate", 9)));
    assertRefused(
        "Cannot use two branches with the role low",
        branch("low", map("mono")),
        branch("low", map("mono")));
    assertRefused(
        "Cannot use step branch after frames",
        step("frames", "size", 9),
        branch("low", map("mono")));
    assertRefused("Cannot use step cmvn after mdct", step("mdct", "size", 8), step("cmvn"));
    assertRefused("Cannot use step stack_frames on samples", step("stack_frames", "frames", 2));
    assertRefused(
        "Cannot use stack_frames.frames: 0",
        step("kaldi_fbank"),
        step("stack_frames", "frames", 0));
    assertRefused("Cannot use cmvn.added: -1", step("kaldi_fbank"), step("cmvn", "added", -1));
  }

  private static void assertRefused(String message, Step... steps) {
    assertThatThrownBy(() -> AudioFrontEnd.of(List.of(steps), Limits.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static List<Segment> run(Step... steps) throws SampleException {
    return run(STEREO, steps);
  }

  private static List<Segment> run(byte[] file, Step... steps) throws SampleException {
    AudioFrontEnd frontEnd = AudioFrontEnd.of(List.of(steps), Limits.DEFAULT);
    List<Segment> all = new ArrayList<>();
    try (Segments segments = frontEnd.open(SampleInput.of("a.wav", file))) {
      for (Segment segment = segments.next(); segment != null; segment = segments.next()) {
        assertThat(segment.inputs().keySet()).isEqualTo(frontEnd.roles());
        all.add(segment);
      }
    }
    return all;
  }

  private static Step branch(String role, Map<?, ?>... steps) {
    return step("branch", "role", role, "steps", List.of(steps));
  }

  private static List<String> order(String first) {
    return List.of(first, "frame");
  }

  /** A step as a manifest's JSON has it. */
  private static Map<String, Object> map(String name, Object... parameters) {
    return map(step(name, parameters));
  }

  private static Map<String, Object> map(Step step) {
    Map<String, Object> map = new TreeMap<>(step.parameters());
    map.put("step", step.name());
    return map;
  }
}
