package org.tessera.udf.eeg.read;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
    SampleInput input =
        new SampleInput(
            name,
            new HeapSource(content),
            wanted -> Optional.ofNullable(beside.get(wanted)).map(HeapSource::new));
    return Recordings.open(input, Limits.DEFAULT, RecordCount.STRICT);
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
