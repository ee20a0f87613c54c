package org.tessera.udf.eeg.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Lying and cut EDF files are rejected with the place of the fault. */
class BadEdfTest {
  private final byte[] good = bytes("plus_d.edf");

  private static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(Path.of("src/test/resources/eeg", name));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private byte[] with(int at, String field) {
    byte[] bytes = good.clone();
    byte[] text = field.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(text, 0, bytes, at, text.length);
    return bytes;
  }

  private static Recording open(byte[] bytes, RecordCount rule) throws SampleException {
    return Recordings.open(SampleInput.of("x.edf", bytes), Limits.DEFAULT, rule);
  }

  private static void rejects(byte[] bytes, RejectCode code, long offset, String message) {
    SampleException e =
        catchThrowableOfType(SampleException.class, () -> open(bytes, RecordCount.STRICT));
    assertThat(e).as(message).isNotNull().hasMessageContaining(message);
    assertThat(e.code()).isEqualTo(code);
    assertThat(e.offset()).isEqualTo(offset);
  }

  @Test
  void headersThatLie() {
    rejects(with(252, "9999"), RejectCode.TRUNCATED, 252, "9999 signals need a header");
    rejects(with(252, "-1  "), RejectCode.MALFORMED, 252, "it has -1 signals");
    rejects(with(252, "abc "), RejectCode.MALFORMED, 252, "'abc' (not a whole number)");
    rejects(with(184, "512     "), RejectCode.MALFORMED, 184, "the header says it has 512 bytes");
    rejects(with(236, "99999999"), RejectCode.TRUNCATED, 2604, "the file holds 5");
    rejects(with(236, "-7      "), RejectCode.MALFORMED, 236, "it has -7 data records");
    rejects(with(236, "4       "), RejectCode.MALFORMED, 2288, "316 bytes follow them");
    rejects(with(244, "0       "), RejectCode.MALFORMED, 244, "lasts 0.0 seconds");
    rejects(with(244, "1e9     "), RejectCode.TOO_LARGE, 236, "raise limits.seconds");
    rejects(with(244, "NaN     "), RejectCode.MALFORMED, 244, "'NaN' (not a number)");
    rejects(
        with(256 + 216 * 3, "-64     "),
        RejectCode.MALFORMED,
        256 + 216 * 3,
        "-64 samples per record");
    rejects(with(256 + 216 * 3, "99999999"), RejectCode.TRUNCATED, 2604, "a data record has");
  }

  /** Sleep-EDF keeps its hypnograms like this: one signal, in a record of no seconds. */
  @Test
  void annotationsAlone() {
    String fixed =
        "0".concat(" ".repeat(183)) + "512     EDF+C" + " ".repeat(39) + "1       0       1   ";
    String signal =
        "EDF Annotations".concat(" ".repeat(89))
            + "0       1       -32768  32767   "
            + " ".repeat(80)
            + "10      "
            + " ".repeat(32);
    byte[] file =
        (fixed + signal + "+0\u0014\u0014\0+0\u001530\u0014W\u0014\0\0\0\0\0\0\0")
            .getBytes(StandardCharsets.ISO_8859_1);

    rejects(file, RejectCode.UNSUPPORTED_FORMAT, 252, "it has annotations and no signals");
  }

  @Test
  void filesThatAreCut() {
    rejects(Arrays.copyOf(good, 100), RejectCode.TRUNCATED, 100, "256 bytes at 0");
    rejects(Arrays.copyOf(good, 300), RejectCode.TRUNCATED, 300, "need a header of 1024");
    rejects(Arrays.copyOf(good, 2000), RejectCode.TRUNCATED, 2000, "the file holds 3");
    rejects(new byte[0], RejectCode.EMPTY, 0, "the file is empty");
  }

  @Test
  void recordsCanBeInferred() throws Exception {
    assertThat(open(with(236, "-1      "), RecordCount.STRICT).runStarts()).hasSize(3);
    Recording cut = open(Arrays.copyOf(good, 2300), RecordCount.INFER);
    assertThat(cut.runStarts()).hasSize(2);
    assertThat(cut.frames(0, 0) + cut.frames(1, 0)).isEqualTo(256);
  }

  @Test
  void aChannelWithoutAScaleFailsWhenItIsRead() throws Exception {
    Recording recording = open(with(256 + 128 * 3, "-32768  "), RecordCount.STRICT);
    assertThat(recording.channels().get(1).fault()).isEmpty();
    SampleException fault = recording.channels().get(0).fault().orElseThrow();
    assertThat(fault)
        .hasMessage(
            "Cannot scale EDF signal C3: its digital minimum and maximum are both -32768.0");
    assertThat(fault.offset()).isEqualTo(256 + 120 * 3);
  }

  @Test
  void recordsOfADiscontinuousFileMustTellTheirTime() {
    byte[] mute = good.clone();
    Arrays.fill(mute, 1024 + 256, 1024 + 316, (byte) 0);
    assertThatThrownBy(() -> open(mute, RecordCount.STRICT))
        .hasMessage("Cannot read EDF+D: nothing tells when data record 0 starts");
    byte[] backwards = good.clone();
    int at = 1024 + 316 * 3 + 256;
    System.arraycopy("+9.1".getBytes(StandardCharsets.US_ASCII), 0, backwards, at, 4);
    assertThatThrownBy(() -> open(backwards, RecordCount.STRICT))
        .hasMessageContaining("data record 3 starts before the one before it ends");
  }
}
