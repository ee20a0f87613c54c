package org.tessera.udf.image.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.udf.image.codec.ImageDecoder;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.Sha256;

class DemoImagesTest {
  private final ImageDecoder decoder = new ImageDecoder(Limits.DEFAULT);

  @Test
  void picturesDecodeDifferAndHaveContent(@TempDir Path folder)
      throws IOException, SampleException {
    DemoImages.Written written = DemoImages.write(folder, 12, 5);
    assertThat(written.images()).hasSize(12);
    Set<String> digests = new HashSet<>();
    for (Path path : written.images()) {
      Raster raster = decoder.decode(Files.readAllBytes(path));
      assertThat(raster.width()).isBetween(160, 448);
      assertThat(raster.height()).isBetween(160, 448);
      assertThat(deviation(raster)).as(path.toString()).isGreaterThan(4);
      digests.add(Sha256.hex(raster.data()));
    }
    assertThat(digests).hasSize(12);
    assertThat(written.images()).anyMatch(path -> path.toString().endsWith(".png"));
    assertThat(written.images()).anyMatch(path -> path.toString().endsWith(".jpg"));
  }

  @Test
  void equalSeedsGiveEqualFiles(@TempDir Path one, @TempDir Path other) throws IOException {
    DemoImages.write(one, 4, 9);
    DemoImages.write(other, 4, 9);
    for (Path path : Files.list(one).toList()) {
      assertThat(other.resolve(path.getFileName())).hasSameBinaryContentAs(path);
    }
  }

  @Test
  void badFilesAreRejected(@TempDir Path folder) throws IOException {
    DemoImages.Written written = DemoImages.write(folder, 1, 1);
    assertThat(written.bad()).hasSize(3);
    for (Path path : written.bad()) {
      byte[] content = Files.readAllBytes(path);
      assertThatThrownBy(() -> decoder.decode(content)).isInstanceOf(SampleException.class);
    }
  }

  private static double deviation(Raster raster) {
    double sum = 0;
    double squares = 0;
    for (byte value : raster.data()) {
      sum += value & 0xff;
      squares += (value & 0xff) * (value & 0xff);
    }
    double mean = sum / raster.data().length;
    return Math.sqrt(squares / raster.data().length - mean * mean);
  }
}
