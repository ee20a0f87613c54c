package org.tessera.udf.points.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Lying, cut and damaged files are rejected with code, message and byte offset. */
class BadFilesTest {
  private static final Limits SMALL = new Limits(1_000_000L, 1, 1, 1, 1, 20L, 4, 5_000);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f4a.ply",
        "f8l.ply",
        "lists_b.ply",
        "ascii.pcd",
        "binary.pcd",
        "compressed.pcd",
        "las3.las",
        "las6.las",
        "laz3.laz",
        "laz7.laz",
        "extra.laz",
        "m.stl",
        "m_ascii.stl",
        "m.off",
        "c_f4.npy",
        "double.e57",
        "named.npz"
      })
  void everyCutFileIsRejected(String name) throws Exception {
    byte[] whole = GoldenFilesTest.bytes(name);
    int step = Math.max(1, whole.length / 300);
    // A number cut in the last line of a text is still a number, and nobody can tell.
    int lastLine = new String(whole, StandardCharsets.ISO_8859_1).stripTrailing().lastIndexOf('\n');
    boolean text = name.equals("f4a.ply") || name.equals("ascii.pcd");
    int end = text ? lastLine : whole.length - 4;
    for (int length = 0; length < end; length += step) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(name, cut, Limits.DEFAULT))
          .as("the first %d bytes", length)
          .isInstanceOf(SampleException.class)
          .hasMessageStartingWith("Cannot ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f4a.ply",
        "f8l.ply",
        "ascii.pcd",
        "binary.pcd",
        "compressed.pcd",
        "las3.las",
        "laz3.laz",
        "six.xyz",
        "named.csv",
        "c_f4.npy",
        "double.e57",
        "velodyne.bin",
        "m.stl"
      })
  void theLimitOnPointsHolds(String name) throws Exception {
    byte[] whole = GoldenFilesTest.bytes(name);

    assertThatThrownBy(() -> read(name, whole, SMALL))
        .isInstanceOfSatisfying(
            SampleException.class, e -> assertThat(e.code()).isEqualTo(RejectCode.TOO_LARGE))
        .hasMessageContaining("the limit is 20 (raise limits.points)");
  }

  @Test
  void aLasThatClaimsMorePointsThanItHoldsCostsNoMemory() throws Exception {
    byte[] las = GoldenFilesTest.bytes("las3.las");
    ByteBuffer.wrap(las).order(ByteOrder.LITTLE_ENDIAN).putInt(107, -1);

    assertRejected(
        "a.las",
        las,
        RejectCode.TRUNCATED,
        las.length,
        "Cannot read LAS: it holds 37 of the 4294967295 points that its header claims (the file is"
            + " cut short: fetch it again)");
  }

  @Test
  void aLazThatClaimsManyChunksCostsNoMemory() throws Exception {
    byte[] laz = GoldenFilesTest.bytes("laz3.laz");
    ByteBuffer file = ByteBuffer.wrap(laz).order(ByteOrder.LITTLE_ENDIAN);
    int table = (int) file.getLong(file.getInt(96));
    file.putInt(table + 4, Integer.MAX_VALUE);

    assertRejected(
        "a.laz",
        laz,
        RejectCode.MALFORMED,
        table + 4,
        "Cannot read LAZ: it claims 2147483647 chunks (write the file again)");
  }

  @Test
  void aLayerThatClaimsMoreThanTheFileCostsNoMemory() throws Exception {
    byte[] laz = GoldenFilesTest.bytes("laz6.laz");
    ByteBuffer file = ByteBuffer.wrap(laz).order(ByteOrder.LITTLE_ENDIAN);
    // The table's place, the first point, the count, and then the size of the first layer.
    file.putInt(file.getInt(96) + 8 + 30 + 4, 0x7ffffff0);

    assertThatThrownBy(() -> read("a.laz", laz, Limits.DEFAULT))
        .isInstanceOf(SampleException.class)
        .hasMessageStartingWith("Cannot read LAZ: ");
  }

  @Test
  void anXmlDocumentTypeIsRefused() throws Exception {
    byte[] e57 = GoldenFilesTest.bytes("double.e57");
    ByteBuffer file = ByteBuffer.wrap(e57).order(ByteOrder.LITTLE_ENDIAN);
    byte[] bomb =
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"
            .getBytes(StandardCharsets.US_ASCII);
    int offset = (int) file.getLong(24);
    file.putLong(32, bomb.length);
    file.position(offset).put(bomb);
    seal(e57, 0);
    seal(e57, offset / 1024);

    assertThat(offset % 1024 + bomb.length).isLessThan(1020);
    assertThatThrownBy(() -> read("a.e57", e57, Limits.DEFAULT))
        .isInstanceOfSatisfying(
            SampleException.class, e -> assertThat(e.offset()).isEqualTo(offset))
        .hasMessageStartingWith(
            "Cannot read E57: its XML is wrong in line 1: DOCTYPE is disallowed");
  }

  private static void seal(byte[] file, int page) {
    CRC32C crc = new CRC32C();
    crc.update(file, 1024 * page, 1020);
    ByteBuffer.wrap(file).putInt(1024 * page + 1020, (int) crc.getValue());
  }

  @Test
  void aDamagedE57PageIsFound() throws Exception {
    byte[] e57 = GoldenFilesTest.bytes("double.e57");
    e57[1100] ^= 1;

    assertRejected(
        "a.e57",
        e57,
        RejectCode.MALFORMED,
        1024,
        "Cannot read E57: the checksum of page 1 is wrong (write the file again)");
  }

  @Test
  void textFaultsNameTheLine() {
    assertRejected(
        "a.xyz",
        "1 2 3\n4 5\n",
        RejectCode.MALFORMED,
        6,
        "Cannot read XYZ: line 2 has 2 values where the first point has 3 (write the file again)");
    assertRejected(
        "a.xyz",
        "1 2 3\n4 5 six\n",
        RejectCode.MALFORMED,
        10,
        "Cannot read XYZ: line 2 has \"six\" for a number (write the file again)");
    assertRejected(
        "a.pts",
        "3\n1 2 3\n4 5 6\n",
        RejectCode.TRUNCATED,
        14,
        "Cannot read PTS: it has 2 of the 3 points (the file is cut short: fetch it again)");
    assertRejected(
        "a.ply",
        "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nend_header\n1"
            + " 2\n",
        RejectCode.MALFORMED,
        36,
        "Cannot read PLY: its vertices have no x, y and z: [x, y] (write the file again)");
    assertRejected(
        "a.obj",
        "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4\n",
        RejectCode.MALFORMED,
        24,
        "Cannot read OBJ: a face has the point 3 of 3 (write the file again)");
  }

  @Test
  void formatsWithoutReaderAreNamed() {
    assertRejected(
        "a.drc",
        "DRACO\2\2\1\1\0\0\0\0\0",
        RejectCode.UNSUPPORTED_FORMAT,
        0,
        "Cannot read Draco: this format is not decoded here (convert it to PLY)");
  }

  private static void assertRejected(
      String name, String content, RejectCode code, long offset, String message) {
    assertRejected(name, content.getBytes(StandardCharsets.ISO_8859_1), code, offset, message);
  }

  private static void assertRejected(
      String name, byte[] content, RejectCode code, long offset, String message) {
    assertThatThrownBy(() -> read(name, content, Limits.DEFAULT))
        .isInstanceOfSatisfying(
            SampleException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.offset()).isEqualTo(offset);
            })
        .hasMessage(message);
  }

  private static void read(String name, byte[] content, Limits limits) throws SampleException {
    SampleInput input = SampleInput.of(name, content);
    PointClouds.read(
        input,
        PointClouds.format(input),
        new ReadRequest(Set.of(Part.FACES), List.of(), limits, Deadline.NONE));
  }
}
