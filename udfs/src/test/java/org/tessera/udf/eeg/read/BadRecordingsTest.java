package org.tessera.udf.eeg.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Bad BrainVision, FIF and EEGLAB files are rejected with what is wrong. */
class BadRecordingsTest {
  private static byte[] bytes(String name) throws Exception {
    return Files.readAllBytes(Path.of("src/test/resources/eeg", name));
  }

  private static String text(String name) throws Exception {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  private static SampleException rejection(String name, byte[] content, byte[] companion) {
    SampleInput input =
        new SampleInput(
            name,
            new HeapSource(content),
            wanted ->
                companion == null || wanted.endsWith(".vmrk")
                    ? Optional.empty()
                    : Optional.of(new HeapSource(companion)));
    return catchThrowableOfType(
        SampleException.class, () -> Recordings.open(input, Limits.DEFAULT, RecordCount.STRICT));
  }

  private static void rejects(
      String name, byte[] content, byte[] companion, RejectCode code, String message) {
    SampleException e = rejection(name, content, companion);
    assertThat(e).as(message).isNotNull().hasMessageContaining(message);
    assertThat(e.code()).isEqualTo(code);
  }

  private static void header(String from, String to, RejectCode code, String message)
      throws Exception {
    byte[] changed = text("int16.vhdr").replace(from, to).getBytes(StandardCharsets.UTF_8);
    rejects("int16.vhdr", changed, bytes("int16.eeg"), code, message);
  }

  @Test
  void brainVisionHeaders() throws Exception {
    header(
        "DataFile=int16.eeg",
        "DataFile=../int16.eeg",
        RejectCode.MALFORMED,
        "DataFile is '../int16.eeg', not the name of a file beside the header");
    header("DataFile=int16.eeg", "DataFile=C:\\x.eeg", RejectCode.MALFORMED, "not the name");
    header("DataFile=int16.eeg\r\n", "", RejectCode.MALFORMED, "[Common Infos] has no DataFile");
    header("MULTIPLEXED", "SIDEWAYS", RejectCode.MALFORMED, "DataOrientation is SIDEWAYS");
    header("BINARY", "ASCII", RejectCode.MALFORMED, "of the data has");
    header("=BINARY", "=OCTAL", RejectCode.MALFORMED, "DataFormat is OCTAL (BINARY or ASCII)");
    byte[] byChannel =
        text("int16.vhdr")
            .replace("BINARY", "ASCII")
            .replace("MULTIPLEXED", "VECTORIZED")
            .getBytes(StandardCharsets.UTF_8);
    rejects(
        "int16.vhdr",
        byChannel,
        bytes("int16.eeg"),
        RejectCode.UNSUPPORTED_FORMAT,
        "export it as BINARY");
    header("INT_16", "INT_24", RejectCode.UNSUPPORTED_FORMAT, "samples as INT_24");
    header("Channels=5", "Channels=6", RejectCode.MALFORMED, "NumberOfChannels is 6");
    header("Channels=5", "Channels=-1", RejectCode.MALFORMED, "NumberOfChannels is -1");
    header("Interval=4000", "Interval=0", RejectCode.MALFORMED, "its rate is Infinity");
    header("Interval=4000", "Interval=x", RejectCode.MALFORMED, "'x' (not a number)");
    header("Ch1=Fp1,,0.5", "Ch1=Fp1,,NaN", RejectCode.MALFORMED, "ch1 holds 'NaN'");
    header("[Binary", "DataPoints=301\r\n[Binary", RejectCode.TRUNCATED, "301 samples");
    header("[Binary", "DataPoints=299\r\n[Binary", RejectCode.MALFORMED, "299 samples");
  }

  @Test
  void brainVisionData() throws Exception {
    byte[] data = bytes("int16.eeg");
    rejects("int16.vhdr", bytes("int16.vhdr"), null, RejectCode.MISSING, "int16.eeg is not beside");
    rejects(
        "int16.vhdr",
        bytes("int16.vhdr"),
        Arrays.copyOf(data, 2999),
        RejectCode.TRUNCATED,
        "has 2999 bytes, and a sample of all channels has 10");
    rejects("int16.vhdr", bytes("int16.vhdr"), new byte[0], RejectCode.TRUNCATED, "has 0 bytes");
    rejects(
        "int16.vmrk",
        bytes("int16.vmrk"),
        null,
        RejectCode.UNSUPPORTED_FORMAT,
        "tokenize its .vhdr file");
  }

  @Test
  void fifTags() throws Exception {
    byte[] good = bytes("single_raw.fif");
    rejects("x", Arrays.copyOf(good, 9000), null, RejectCode.TRUNCATED, "the file ends at 9000");
    rejects("x", patched(good, 36 + 8, -5), null, RejectCode.MALFORMED, "has -5 bytes");
    rejects(
        "x",
        patched(good, 36 + 12, 16),
        null,
        RejectCode.MALFORMED,
        "is followed by the one at 16");
    rejects("x", Arrays.copyOf(good, 36), null, RejectCode.MALFORMED, "it describes 0 channels");
  }

  private static byte[] patched(byte[] bytes, int at, int value) {
    byte[] copy = bytes.clone();
    ByteBuffer.wrap(copy).putInt(at, value);
    return copy;
  }

  @Test
  void matFiles() throws Exception {
    byte[] good = bytes("inside.set");
    rejects("x.set", Arrays.copyOf(good, 100), null, RejectCode.TRUNCATED, "its header has 128");
    rejects(
        "x.set", Arrays.copyOf(good, 3000), null, RejectCode.TRUNCATED, "the file ends at 3000");
    byte[] order = good.clone();
    order[126] = 'X';
    rejects("x.set", order, null, RejectCode.MALFORMED, "names no byte order");
    byte[] packed = bytes("fields.set");
    byte[] damaged = packed.clone();
    Arrays.fill(damaged, 200, 220, (byte) 0x55);
    assertThat(rejection("x.set", damaged, null).code())
        .isIn(RejectCode.MALFORMED, RejectCode.TRUNCATED);
    rejects("beside.set", bytes("beside.set"), null, RejectCode.MISSING, "beside.fdt");
    rejects("beside.set", bytes("beside.set"), new byte[2396], RejectCode.TRUNCATED, "not 2400");
    rejects("beside.set", bytes("beside.set"), new byte[2404], RejectCode.MALFORMED, "not 2400");
  }

  /** An extent that lies is found before anything of its size is made. */
  @Test
  void matExtentsThatLie() throws Exception {
    byte[] good = bytes("inside.set");
    int at = indexOf(good, "labels".getBytes(StandardCharsets.US_ASCII));
    assertThat(at).isPositive();
    ByteBuffer bytes = ByteBuffer.wrap(good.clone()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    // The extents of the struct array EEG: 128 header, tag, flags, then tag and 1 x 1.
    assertThat(bytes.getInt(128 + 8 + 16 + 8)).isEqualTo(1);
    bytes.putInt(128 + 8 + 16 + 8, 40_000_000);
    rejects("x.set", bytes.array(), null, RejectCode.MALFORMED, "elements are claimed in");
    bytes.putInt(128 + 8 + 16 + 8, -1);
    rejects("x.set", bytes.array(), null, RejectCode.MALFORMED, "claims an extent of -1");
  }

  @Test
  void faultsThatTheMatLibraryFindsAreSaidInItsWords() throws Exception {
    byte[] good = bytes("inside.set");
    good[indexOf(good, "setname".getBytes(StandardCharsets.US_ASCII))] = 0;
    rejects(
        "x.set", good, null, RejectCode.MALFORMED, "Cannot read MAT: Field name can't be empty.");
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void hdf5Files() throws Exception {
    byte[] good = bytes("v73.set");
    assertThat(rejection("x.set", Arrays.copyOf(good, 20_000), null).code())
        .isEqualTo(RejectCode.MALFORMED);
    assertThat(rejection("x.set", Arrays.copyOf(good, 600), null).code())
        .isEqualTo(RejectCode.MALFORMED);
    byte[] noise = good.clone();
    for (int i = 600; i < noise.length; i += 3) {
      noise[i] ^= 0x5a;
    }
    assertThat(rejection("x.set", noise, null).code()).isEqualTo(RejectCode.MALFORMED);
  }
}
