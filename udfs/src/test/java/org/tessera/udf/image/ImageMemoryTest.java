package org.tessera.udf.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.tessera.udf.image.codec.ImageDecoder;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.testing.Table;

/** Native memory stays flat, whether files are good or bad. */
class ImageMemoryTest {
  private static final int ROUNDS = 10_000;
  private static final long ALLOWED_GROWTH = 48L << 20;

  private final ImageDecoder decoder = new ImageDecoder(Limits.DEFAULT);
  private int rejected;

  @Test
  void tenThousandImagesLeaveNoMemoryBehind() {
    List<byte[]> files = new ArrayList<>();
    for (String name : List.of("orientation_6.jpg", "rgb_420.jpg", "lossy.webp", "rgb_jpeg.tif")) {
      byte[] file = Table.bytes(getClass(), name);
      byte[] corrupt = file.clone();
      Arrays.fill(corrupt, file.length / 2, file.length - 2, (byte) 0x55);
      files.add(file);
      files.add(corrupt);
      files.add(Arrays.copyOf(file, file.length / 2));
    }
    decode(files, ROUNDS / 4);
    long before = Pointer.physicalBytes();
    decode(files, ROUNDS);
    long growth = Pointer.physicalBytes() - before;
    assertThat(growth).as("growth of resident memory").isLessThan(ALLOWED_GROWTH);
    assertThat(rejected).as("rejected files").isGreaterThan(ROUNDS / 4);
  }

  private void decode(List<byte[]> files, int rounds) {
    for (int i = 0; i < rounds; i++) {
      try {
        decoder.decode(files.get(i % files.size()));
      } catch (SampleException e) {
        rejected++;
      }
    }
  }
}
