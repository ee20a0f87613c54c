package org.tessera.udf.eeg.read;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Recordings that stray from their format, and that MNE reads: they are read as MNE reads them. */
class OddRecordingsTest {
  private static byte[] bytes(String name) throws Exception {
    return Files.readAllBytes(Path.of("src/test/resources/eeg", name));
  }

  private static Recording open(String name, byte[] content, Map<String, byte[]> beside)
      throws SampleException {
    return open(name, content, beside, RecordCount.STRICT);
  }

  private static Recording open(
      String name, byte[] content, Map<String, byte[]> beside, RecordCount rule)
      throws SampleException {
    SampleInput input =
        new SampleInput(
            name,
            new HeapSource(content),
            wanted -> Optional.ofNullable(beside.get(wanted)).map(HeapSource::new));
    return Recordings.open(input, Limits.DEFAULT, rule);
  }

  private static double[] first(Recording recording) throws SampleException {
    double[][] values = new double[1][(int) recording.frames(0, 0)];
    recording.read(0, 0, values[0].length, new int[] {0}, values);
    return values[0];
  }

  @Test
  void brainVisionMayLackTheLinesThatSayWhatItIs() throws Exception {
    String header = new String(bytes("int16.vhdr"), UTF_8);
    String markers = new String(bytes("int16.vmrk"), UTF_8);
    Recording whole =
        open(
            "int16.vhdr",
            header.getBytes(UTF_8),
            Map.of("int16.eeg", bytes("int16.eeg"), "int16.vmrk", markers.getBytes(UTF_8)));
    Recording headless =
        open(
            "int16.vhdr",
            header.substring(header.indexOf("[Common Infos]")).getBytes(UTF_8),
            Map.of(
                "int16.eeg",
                bytes("int16.eeg"),
                "int16.vmrk",
                markers.substring(markers.indexOf("[Marker Infos]")).getBytes(UTF_8)));

    assertThat(whole.annotations()).isNotEmpty();
    assertThat(headless.annotations()).isEqualTo(whole.annotations());
    assertThat(headless.runStarts()).isEqualTo(whole.runStarts());
    assertThat(first(headless)).isEqualTo(first(whole));
    assertThat(EegFormat.of(markers.getBytes(UTF_8))).contains(EegFormat.BRAINVISION_MARKERS);
  }

  @Test
  void samplesOfBrainVisionMayBeCountedInTheData() throws Exception {
    String header = new String(bytes("int16.vhdr"), UTF_8);
    byte[] data = bytes("int16.eeg");
    double[] whole = first(open("int16.vhdr", bytes("int16.vhdr"), Map.of("int16.eeg", data)));
    for (String claim : List.of("DataPoints=299", "DataPoints=301")) {
      byte[] stale = header.replace("[Binary", claim + "\r\n[Binary").getBytes(UTF_8);
      Map<String, byte[]> beside = Map.of("int16.eeg", Arrays.copyOf(data, data.length + 3));
      assertThatThrownBy(() -> open("int16.vhdr", stale, beside))
          .isInstanceOf(SampleException.class);
      assertThat(first(open("int16.vhdr", stale, beside, RecordCount.INFER))).isEqualTo(whole);
    }
  }

  @Test
  void samplesOfBrainVisionMayBeText() throws Exception {
    String header = new String(bytes("int16.vhdr"), UTF_8);
    byte[] data = bytes("int16.eeg");
    ByteBuffer numbers = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    StringBuilder points = new StringBuilder("time,names\r\n");
    StringBuilder commas = new StringBuilder();
    while (numbers.hasRemaining()) {
      int[] frame = {
        numbers.getShort(),
        numbers.getShort(),
        numbers.getShort(),
        numbers.getShort(),
        numbers.getShort()
      };
      String joined = String.join(" ", Arrays.stream(frame).mapToObj(v -> v + ".0").toList());
      points.append("0.5,").append(joined.replace(' ', ',')).append("\r\n");
      commas.append(' ').append(joined.replace(".0", ",0e0")).append("\n");
    }
    double[] expected = first(open("int16.vhdr", bytes("int16.vhdr"), Map.of("int16.eeg", data)));
    byte[] skipping = asText(header, "DecimalSymbol=.\r\nSkipLines=1\r\nSkipColumns=1");
    assertThat(first(open("int16.vhdr", skipping, text(points)))).isEqualTo(expected);
    byte[] plain = asText(header, "DecimalSymbol=,");
    assertThat(first(open("int16.vhdr", plain, text(commas)))).isEqualTo(expected);
  }

  private static byte[] asText(String header, String infos) {
    return header
        .replace("BINARY", "ASCII")
        .replace("[Binary Infos]", "[ASCII Infos]\r\n" + infos + "\r\n[Binary Infos]")
        .getBytes(UTF_8);
  }

  private static Map<String, byte[]> text(StringBuilder samples) {
    return Map.of("int16.eeg", samples.toString().getBytes(UTF_8));
  }

  @Test
  void theVersionOfAnEdfMayBeFilledUpWithZeros() throws Exception {
    byte[] edf = bytes("plus_c.edf");
    double[] expected = first(open("x.edf", edf, Map.of()));
    Arrays.fill(edf, 1, 8, (byte) 0);

    assertThat(first(open("x.edf", edf, Map.of()))).isEqualTo(expected);
  }

  @Test
  void aSignalThatOnlyKeepsAPlaceIsNotEeg() throws Exception {
    byte[] edf = bytes("plus_c.edf");
    System.arraycopy("-               ".getBytes(ISO_8859_1), 0, edf, 256, 16);

    Recording recording = open("x.edf", edf, Map.of());

    assertThat(recording.channels().get(0).name()).isEqualTo("-");
    assertThat(recording.channels().get(0).kind()).isEqualTo(ChannelKind.MISC);
  }

  @Test
  void namesThatOccurTwiceAreTheOnesOfMne() {
    // mne 1.13.2: _unique_channel_names
    assertThat(ChannelNames.unique(List.of("A", "A", "B", "A")))
        .containsExactly("A-0", "A-1", "B", "A-2");
    assertThat(ChannelNames.unique(List.of("A", "A", "A-0"))).containsExactly("A-a", "A-1", "A-0");
  }

  /** An object that the MAT library does not know, as a variable and in a field of the data set. */
  @Test
  void objectsInMatFilesArePassedOver() throws Exception {
    byte[] good = bytes("inside.set");
    byte[] object = enumeration();
    ByteArrayOutputStream beside = new ByteArrayOutputStream();
    beside.write(good, 0, 128);
    beside.writeBytes(object);
    beside.write(good, 128, good.length - 128);

    double[] expected = first(open("x.set", good, Map.of()));
    assertThat(first(open("x.set", beside.toByteArray(), Map.of()))).isEqualTo(expected);
    assertThat(first(open("x.set", withField(good, object), Map.of()))).isEqualTo(expected);
  }

  /** The file with the object in the place of a struct's field that is an empty array. */
  private static byte[] withField(byte[] file, byte[] object) {
    byte[] empty = words(14, 48, 6, 8, 6, 0, 5, 8, 0, 0, 1, 0, 9, 0);
    int at = indexOf(file, empty);
    assertThat(at).as("an empty field").isPositive();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, at);
    out.writeBytes(object);
    out.write(file, at + empty.length, file.length - at - empty.length);
    byte[] changed = out.toByteArray();
    ByteBuffer sizes = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
    sizes.putInt(132, sizes.getInt(132) + object.length - empty.length);
    return changed;
  }

  /** An instance of an enumeration class: its content is a struct, where others have numbers. */
  private static byte[] enumeration() {
    List<String> fields =
        List.of(
            "EnumerationInstanceTag",
            "ClassName",
            "ValueNames",
            "Values",
            "ValueIndices",
            "BuiltinClassName");
    ByteBuffer object = ByteBuffer.allocate(8 + 632).order(ByteOrder.LITTLE_ENDIAN);
    object.put(words(14, 632, 6, 8, 17, 0, 1 | 1 << 16, 'e'));
    object.put(words(1 | 4 << 16)).put("MCOS".getBytes(ISO_8859_1));
    object.put(words(1 | 4 << 16)).put("Enum".getBytes(ISO_8859_1));
    object.put(words(14, 584, 6, 8, 2, 0, 5, 8, 1, 1, 1, 0, 5 | 4 << 16, 23, 1, 6 * 23));
    int names = object.position();
    for (int i = 0; i < fields.size(); i++) {
      object.put(names + 23 * i, fields.get(i).getBytes(ISO_8859_1));
    }
    object.position(names + 144);
    for (int i = 0; i < fields.size(); i++) {
      int value = i == 0 ? 0xdd000000 : i;
      object.put(words(14, 56, 6, 8, 14, 0, 5, 8, 1, 1, 1, 0, 12, 8, value, 0));
    }
    return object.array();
  }

  private static byte[] words(int... words) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(words).forEach(bytes::putInt);
    return bytes.array();
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }
}
