package org.tessera.udf.eeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.tessera.udf.eeg.EegRuns.recording;
import static org.tessera.udf.eeg.EegRuns.run;
import static org.tessera.udf.eeg.EegRuns.segments;
import static org.tessera.udf.eeg.EegRuns.step;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.model.bundle.Step;
import org.tessera.udf.eeg.signal.FirDesign;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

class EegFrontEndTest {
  private static final Path FOLDER = Path.of("src/test/resources/eeg");

  private static Path file(String name) {
    return FOLDER.resolve(name);
  }

  @Test
  void windowsNeverCrossAGap() throws Exception {
    List<Segment> segments =
        segments(file("plus_d.edf"), List.of(step("windows", "seconds", 0.75, "stride_s", 0.25)));
    assertThat(segments).extracting(Segment::startS).containsExactly(0.0, 0.25, 10.0, 10.25);
    assertThat(segments).extracting(Segment::endS).containsExactly(0.75, 1.0, 10.75, 11.0);
    assertThat(segments).extracting(Segment::index).containsExactly(0, 1, 2, 3);
    assertThat(segments.get(0).signal().shape()).containsExactly(2, 96);
    List<Segment> padded =
        segments(file("plus_d.edf"), List.of(step("windows", "seconds", 0.75, "tail", "pad")));
    assertThat(padded).extracting(Segment::startS).containsExactly(0.0, 0.75, 10.0, 10.75, 30.25);
    assertThat(padded.get(4).endS()).isEqualTo(30.75);
    float[] tail = padded.get(4).signal().toFloats();
    assertThat(tail[64]).isZero();
    assertThat(tail[63]).isNotZero();
  }

  /** Zeros that fill a window up say nothing of its range, and stay zeros. */
  @ParameterizedTest
  @ValueSource(strings = {"quantile_scale", "zscore", "group_scale"})
  void paddingDoesNotChangeTheScale(String scaling) throws Exception {
    Segment whole =
        segments(file("plus_d.edf"), List.of(step("windows", "seconds", 0.5), step(scaling)))
            .get(4);
    Segment padded =
        segments(
                file("plus_d.edf"),
                List.of(step("windows", "seconds", 0.75, "tail", "pad"), step(scaling)))
            .get(4);
    assertThat(padded.startS()).isEqualTo(whole.startS());
    for (int channel = 0; channel < 2; channel++) {
      float[] wanted =
          Arrays.copyOf(
              Arrays.copyOfRange(whole.signal().toFloats(), 64 * channel, 64 * channel + 64), 96);
      assertThat(Arrays.copyOfRange(padded.signal().toFloats(), 96 * channel, 96 * channel + 96))
          .containsExactly(wanted);
    }
  }

  @Test
  void annotationsBecomeLabelsOfTheSegmentsTheyTouch() throws Exception {
    List<Segment> segments =
        segments(file("plus_c.edf"), List.of(step("windows", "seconds", 1, "per_channel", true)));
    assertThat(segments).extracting(Segment::channel).containsExactly(0, 1, 0, 1, 0, 1);
    assertThat(segments).extracting(Segment::index).containsExactly(0, 0, 1, 1, 2, 2);
    assertThat(segments.get(0).labels())
        .containsEntry("channel_name", "Fp1-0")
        .containsEntry("annotation", "Augen zu \u4e2d;spike")
        .containsEntry(
            "annotations",
            "[{\"duration_s\":0.0,\"onset_s\":0.25,\"text\":\"Augen zu \u4e2d\"},"
                + "{\"duration_s\":0.125,\"onset_s\":0.5,\"text\":\"spike\"}]");
    assertThat(segments.get(3).labels()).containsEntry("annotation", "spike");
    assertThat(segments.get(5).labels()).containsEntry("annotation", "end");
    List<Segment> discontinuous =
        segments(file("plus_d.edf"), List.of(step("windows", "seconds", 0.5)));
    assertThat(discontinuous)
        .extracting(s -> s.labels().getOrDefault("annotation", ""))
        .containsExactly("", "seizure", "", "", "");
  }

  @Test
  void aLongFilterInBlocksIsTheConvolution() throws Exception {
    byte[] content = recording(200, 2, 20_000, "C3", "C4");
    List<Segment> raw = run(content, step("windows", "seconds", 100));
    List<Segment> filtered =
        run(
            content,
            step("filter", "low_hz", 0.5, "high_hz", 40),
            step("windows", "seconds", 4, "stride_s", 1.5));
    double[] taps = FirDesign.bandPass(0.5, 40, 200);
    float[] input = raw.get(0).signal().toFloats();
    for (Segment segment : filtered) {
      float[] output = segment.signal().toFloats();
      int start = (int) Math.round(segment.startS() * 200);
      for (int channel = 0; channel < 2; channel++) {
        for (int i = 0; i < 800; i += 97) {
          double sum = 0;
          for (int k = 0; k < taps.length; k++) {
            sum += taps[k] * extended(input, channel, start + i + k - taps.length / 2);
          }
          assertThat((double) output[channel * 800 + i]).isCloseTo(sum, within(2e-11));
        }
      }
    }
  }

  private static double extended(float[] input, int channel, int i) {
    int base = channel * 20_000;
    if (i < 0) {
      return 2.0 * input[base] - input[base - i];
    }
    return i < 20_000 ? input[base + i] : 2.0 * input[base + 19_999] - input[base + 2 * 19_999 - i];
  }

  @Test
  void channelsAreFoundUnderTheNamesPeopleWrite() throws Exception {
    byte[] content = recording(100, 5, 200, "EEG FP1-REF", "EEG T3-LE", "Fc5.", "ECG EKG", "A1");
    List<Segment> segments =
        run(content, step("channels", "select", List.of("T7", "Fp1", "FC5"), "names", "plain"));
    assertThat(segments.get(0).geometry()).containsEntry("channels", List.of("T7", "FP1", "FC5"));
    float[] all =
        run(content, step("channels", "kinds", List.of("eeg", "ecg"))).get(0).signal().toFloats();
    float[] some = segments.get(0).signal().toFloats();
    assertThat(some[0]).isEqualTo(all[200]);
    assertThat(some[200]).isEqualTo(all[0]);
    assertThat(some[400]).isEqualTo(all[400]);
    assertThat(run(content).get(0).geometry())
        .containsEntry("channels", List.of("EEG FP1-REF", "EEG T3-LE", "Fc5.", "A1"));
    assertThat(
            run(content, step("channels", "exclude", "A1", "rename", "Fc5.=X")).get(0).geometry())
        .containsEntry("channels", List.of("EEG FP1-REF", "EEG T3-LE", "X"));
    assertThatThrownBy(() -> run(content, step("channels", "select", List.of("Cz"))))
        .hasMessage("Cannot find channel Cz (there are EEG FP1-REF, EEG T3-LE, Fc5., ECG EKG, A1)");
    float[] zeros =
        run(content, step("channels", "select", List.of("Cz", "Fp1"), "missing", "zero"))
            .get(0)
            .signal()
            .toFloats();
    assertThat(zeros[0]).isZero();
    assertThat(zeros[200]).isEqualTo(all[0]);
  }

  @Test
  void montagesAreDifferences() throws Exception {
    String[] names = {
      "EEG FP1-REF", "EEG F7-REF", "EEG T3-REF", "EEG T5-REF", "EEG O1-REF", "EEG FP2-REF",
      "EEG F8-REF", "EEG T4-REF", "EEG T6-REF", "EEG O2-REF", "EEG F3-REF", "EEG C3-REF",
      "EEG P3-REF", "EEG F4-REF", "EEG C4-REF", "EEG P4-REF"
    };
    byte[] content = recording(50, 16, 100, names);
    float[] all = run(content).get(0).signal().toFloats();
    Segment montage = run(content, step("montage", "name", "tcp_16")).get(0);
    assertThat(montage.signal().shape()).containsExactly(16, 100);
    List<?> pairs = (List<?>) montage.geometry().get("channels");
    assertThat(pairs.get(0)).isEqualTo("FP1-F7");
    assertThat(pairs.get(15)).isEqualTo("P4-O2");
    float[] values = montage.signal().toFloats();
    for (int i = 0; i < 100; i++) {
      assertThat(values[i]).isCloseTo(all[i] - all[100 + i], within(1e-10f));
      assertThat(values[1500 + i]).isCloseTo(all[1500 + i] - all[900 + i], within(1e-10f));
    }
    assertThatThrownBy(() -> run(content, step("montage", "name", "tcp_22")))
        .hasMessageContaining("Cannot find channel A1");
    assertThat(
            run(content, step("montage", "name", "tcp_22", "missing", "skip"))
                .get(0)
                .signal()
                .shape())
        .containsExactly(18, 100);
  }

  @Test
  void framesAreCutFromEachChannel() throws Exception {
    byte[] content = recording(100, 2, 450, "C3", "C4");
    float[] all = run(content).get(0).signal().toFloats();
    Segment segment = run(content, step("frames", "size", 100)).get(0);
    assertThat(segment.signal().shape()).containsExactly(2, 4, 100);
    float[] frames = segment.signal().toFloats();
    assertThat(frames[350]).isEqualTo(all[350]);
    assertThat(frames[400]).isEqualTo(all[450]);
  }

  @Test
  void badChannelsAreDropped() throws Exception {
    double[][] values = new double[4][1000];
    for (int i = 0; i < 1000; i++) {
      values[0][i] = 1e-5 * Math.sin(i);
      values[1][i] = 1e-9 * (i % 2);
      values[2][i] = 1e-5 * Math.cos(i);
      values[3][i] = 2e-5 * Math.cos(i * 1.1);
    }
    byte[] content =
        new EdfWriter(
                List.of("C3", "C4", "Cz", "Pz"),
                List.of("V", "V", "V", "V"),
                100,
                values,
                List.of())
            .toBytes();
    assertThat(run(content, step("bad_channels", "flat", 1e-7)).get(0).geometry())
        .containsEntry("channels", List.of("C3", "Cz", "Pz"));
    assertThatThrownBy(() -> run(content, step("bad_channels", "flat", 1e-7, "action", "reject")))
        .hasMessage("Cannot use a recording with 1 bad channels of 4: C4");
    float[] zeroed =
        run(content, step("bad_channels", "flat", 1e-7, "action", "zero"))
            .get(0)
            .signal()
            .toFloats();
    assertThat(zeroed[1001]).isZero();
  }

  @Test
  void sensorsAreInputsOfTheirOwn() throws Exception {
    byte[] content = recording(100, 3, 200, "Fp1", "Cz", "Oz");
    Segment segment = run(content, step("sensors", "positions", "head")).get(0);
    assertThat(segment.inputs().get("positions").shape()).containsExactly(3, 6);
    float[] places = segment.inputs().get("positions").toFloats();
    assertThat(places[0]).isCloseTo(-0.030902589f, within(1e-8f));
    assertThat(places[3]).isZero();
    assertThat(segment.inputs().get("types").toFloats()).containsExactly(0, 0, 0);
    float[] normalized = run(content, step("sensors")).get(0).inputs().get("positions").toFloats();
    double mean = 0;
    double square = 0;
    for (int i = 0; i < 3; i++) {
      mean += normalized[6 * i];
      for (int axis = 0; axis < 3; axis++) {
        square += Math.pow(normalized[6 * i + axis], 2);
      }
    }
    assertThat(mean).isCloseTo(0, within(1e-6));
    assertThat(square).isCloseTo(1, within(1e-6));
    assertThatThrownBy(() -> run(recording(100, 1, 200, "X1"), step("sensors")))
        .hasMessageContaining("Cannot place channel X1");
  }

  @Test
  void stepsAreCheckedWhenTheFrontEndIsMade() {
    fails("Cannot use step filtre on recordings (did you mean filter?)", step("filtre"));
    fails(
        "Cannot use step filter on windows (put it before windows and normalization)",
        step("windows", "seconds", 1),
        step("filter", "low_hz", 1));
    fails("Cannot use parameter high of step filter", step("filter", "low_hz", 1, "high", 2));
    fails("Cannot use step zscore after stft, patches or frames", step("stft"), step("zscore"));
    fails("Cannot use montage.pairs: FP1F7", step("montage", "pairs", List.of("FP1F7")));
    fails("Cannot filter from 40.0 to 1.0 Hz", step("filter", "low_hz", 40, "high_hz", 1));
    fails("Cannot keep 60 coefficients of frames of 50", step("patches", "hop", 50, "bins", 60));
    fails("Cannot use step windows twice", step("windows"), step("windows"));
  }

  private static void fails(String message, Step... steps) {
    assertThatThrownBy(() -> EegFrontEnd.of(List.of(steps), Limits.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void recordingsThatDoNotFitAreRejected() {
    byte[] content = recording(100, 2, 200, "C3", "C4");
    rejects(
        content,
        RejectCode.TOO_SHORT,
        "the longest stretch without a gap has 200",
        Limits.DEFAULT,
        step("windows", "seconds", 3));
    rejects(
        content,
        RejectCode.UNSUPPORTED_FORMAT,
        "Cannot pass 1.0 to 75.0 Hz at 100.0",
        Limits.DEFAULT,
        step("filter", "low_hz", 1, "high_hz", 75));
    rejects(
        content,
        RejectCode.UNSUPPORTED_FORMAT,
        "Cannot stop 50.0 Hz",
        Limits.DEFAULT,
        step("notch", "hz", 50));
    rejects(
        content,
        RejectCode.UNSUPPORTED_FORMAT,
        "none of 2 is of kind",
        Limits.DEFAULT,
        step("channels", "kinds", "ecg"));
    Limits small = new Limits(1 << 20, 1, 100, 1000, 10, 1, 1, 1000);
    rejects(
        content,
        RejectCode.TOO_LARGE,
        "Cannot hold a window of 2 channels and 200",
        small,
        step("windows", "seconds", 2));
    rejects(
        content,
        RejectCode.TOO_LARGE,
        "as step resample must",
        small,
        step("resample", "rate_hz", 50),
        step("windows", "seconds", 0.1));
  }

  @Test
  void anAbsurdRateIsRejectedAndNotMultipliedOut() throws Exception {
    byte[] content = Files.readAllBytes(file("short_raw.fif"));
    ByteBuffer tags = ByteBuffer.wrap(content);
    int at = 0;
    while (tags.getInt(at) != 201) {
      at += 16 + tags.getInt(at + 8);
    }
    tags.putFloat(at + 16, 1e30f);
    rejects(
        content,
        RejectCode.TOO_LARGE,
        "Cannot hold a window of",
        Limits.DEFAULT,
        step("windows", "seconds", 0.25, "tail", "pad"));
  }

  private static void rejects(
      byte[] content, RejectCode code, String message, Limits limits, Step... steps) {
    assertThatThrownBy(
            () ->
                EegRuns.all(
                    EegFrontEnd.of(List.of(steps), limits).open(SampleInput.of("x", content))))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(SampleException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void formatsAreKnownByTheirContent() throws Exception {
    assertThat(EegFrontEnd.format(Files.readAllBytes(file("plus_c.edf")))).contains("edf");
    assertThat(EegFrontEnd.format(Files.readAllBytes(file("plus.bdf")))).contains("bdf");
    assertThat(EegFrontEnd.format(Files.readAllBytes(file("int16.vhdr")))).contains("brainvision");
    assertThat(EegFrontEnd.format(Files.readAllBytes(file("int16.vmrk")))).contains("vmrk");
    assertThat(EegFrontEnd.format(Files.readAllBytes(file("int16.eeg")))).isEmpty();
    assertThat(EegFrontEnd.format("0".getBytes("US-ASCII"))).isEmpty();
  }

  @Test
  void companionsAreNamed() throws Exception {
    assertThat(EegCompanions.likely("a.b.vhdr")).contains("a.b.eeg", "a.b.vmrk");
    assertThat(EegCompanions.likely("A.SET")).containsExactly("A.FDT");
    assertThat(EegCompanions.likely("x.edf")).isEmpty();
    assertThat(EegCompanions.named("int16.vhdr", Files.readAllBytes(file("int16.vhdr"))))
        .containsExactly("int16.eeg", "int16.vmrk");
    String evil =
        Files.readString(file("int16.vhdr")).replace("DataFile=int16.eeg", "DataFile=../../x.eeg");
    assertThat(EegCompanions.named("int16.vhdr", evil.getBytes("UTF-8")))
        .containsExactly("int16.vmrk");
  }
}
