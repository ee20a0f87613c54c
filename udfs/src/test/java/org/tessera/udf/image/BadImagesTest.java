package org.tessera.udf.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.testing.Table;

class BadImagesTest {
  private static final FrontEnd FRONT_END = ImageFrontEnd.of(List.of(), Limits.DEFAULT);

  private static SampleException rejection(byte[] content) {
    SampleException rejection =
        catchThrowableOfType(
            SampleException.class, () -> FRONT_END.open(SampleInput.of("x.jpg", content)));
    assertThat(rejection).as("rejection").isNotNull();
    assertThat(rejection.phase()).isEqualTo(Phase.DECODE);
    return rejection;
  }

  @Test
  void anEmptyFileIsEmpty() {
    SampleException rejection = rejection(new byte[0]);
    assertThat(rejection.code()).isEqualTo(RejectCode.EMPTY);
    assertThat(rejection).hasMessage("Cannot decode an empty file (get the file again)");
  }

  @Test
  void textNamedAsImageIsOfUnknownFormat() {
    byte[] html = "<!doctype html><title>404</title>".getBytes(StandardCharsets.UTF_8);
    SampleException rejection = rejection(html);
    assertThat(rejection.code()).isEqualTo(RejectCode.UNKNOWN_FORMAT);
    assertThat(rejection).hasMessageContaining("3C 21 64 6F 63 74 79 70 (\"<!doctyp\")");
  }

  @Test
  void aCutJpegIsTruncatedWhereverItIsCut() {
    for (String name : List.of("rgb_420.jpg", "rgb_444_progressive.jpg", "gray.jpg")) {
      byte[] whole = Table.bytes(getClass(), name);
      for (int length = 3; length < whole.length - 1; length += 1 + length / 50) {
        SampleException rejection = rejection(Arrays.copyOf(whole, length));
        assertThat(rejection.code())
            .as("%s cut to %d", name, length)
            .isEqualTo(RejectCode.TRUNCATED);
        assertThat(rejection.offset()).isEqualTo(length);
        assertThat(rejection).hasMessageContaining("ends at byte " + length);
      }
    }
  }

  @Test
  void aCutPngIsTruncatedWhereverItsPixelsAreCut() {
    byte[] whole = Table.bytes(getClass(), "rgb.png");
    int end = whole.length - 12 - 4 - 4; // before IEND, the checksum and the stream's own sum
    for (int length = 9; length < end; length += 1 + length / 50) {
      SampleException rejection = rejection(Arrays.copyOf(whole, length));
      assertThat(rejection.code()).as("cut to %d", length).isEqualTo(RejectCode.TRUNCATED);
      assertThat(rejection.offset()).isEqualTo(length);
    }
  }

  @Test
  void aPngThatIsCutInsideAChunkBehindItsPixelsIsTruncated() {
    byte[] whole = Table.bytes(getClass(), "exif_behind.png");
    SampleException rejection = rejection(Arrays.copyOf(whole, whole.length - 12 - 4 - 1));
    assertThat(rejection.code()).isEqualTo(RejectCode.TRUNCATED);
    assertThat(rejection).hasMessageContaining("chunk eXIf ends at byte " + (whole.length - 17));
  }

  @Test
  void aPngThatClaimsTooManyPixelsIsRejectedBeforeItIsDecoded() {
    for (int side : new int[] {30_000, 65_535, Integer.MAX_VALUE}) {
      SampleException rejection = rejection(pngHeader(side, side));
      assertThat(rejection.code()).isEqualTo(RejectCode.TOO_LARGE);
      assertThat(rejection)
          .hasMessageContaining(side + "x" + side + " pixels: the limit is 160000000 pixels");
    }
  }

  @Test
  void corruptPixelsOfAPngAreMalformed() {
    byte[] file = Table.bytes(getClass(), "rgb.png");
    int data = new String(file, StandardCharsets.ISO_8859_1).indexOf("IDAT") + 4;
    file[data + 2] ^= 0x07; // the type of the first block
    SampleException rejection = rejection(file);
    assertThat(rejection.code()).isEqualTo(RejectCode.MALFORMED);
    assertThat(rejection.offset()).isGreaterThan(data);
  }

  @Test
  void aWrongChecksumOfTheHeaderIsMalformed() {
    byte[] file = Table.bytes(getClass(), "rgb.png");
    file[29] ^= 1;
    SampleException rejection = rejection(file);
    assertThat(rejection.code()).isEqualTo(RejectCode.MALFORMED);
    assertThat(rejection).hasMessageContaining("a wrong checksum of chunk IHDR at byte 29");
  }

  private static byte[] pngHeader(int width, int height) {
    byte[] body =
        ByteBuffer.allocate(17)
            .put("IHDR".getBytes(StandardCharsets.ISO_8859_1))
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 2, 0, 0, 0})
            .array();
    CRC32 crc = new CRC32();
    crc.update(body);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13});
    out.writeBytes(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    out.writeBytes(new byte[] {0, 0, 0, 0, 'I', 'D', 'A', 'T', 0, 0, 0, 0});
    return out.toByteArray();
  }
}
