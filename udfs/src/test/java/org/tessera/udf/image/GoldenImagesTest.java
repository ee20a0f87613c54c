package org.tessera.udf.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tessera.udf.image.codec.ImageDecoder;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.image.resample.Filter;
import org.tessera.udf.image.resample.Resampler;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Sha256;
import org.tessera.udf.testing.Table;

/** Small files and digests made by Pillow (recipe.py beside them). */
class GoldenImagesTest {
  private static final ImageDecoder DECODER = new ImageDecoder(Limits.DEFAULT);

  @TestFactory
  Stream<DynamicTest> decodedPixelsEqualPillows() {
    return Table.rows(getClass(), "files.tsv").stream()
        .map(row -> DynamicTest.dynamicTest(row.get("file"), () -> checkFile(row)));
  }

  private void checkFile(Map<String, String> row) throws Exception {
    Raster raster = DECODER.decode(Table.bytes(getClass(), row.get("file")));
    assertThat(raster.width()).isEqualTo(Integer.parseInt(row.get("width")));
    assertThat(raster.height()).isEqualTo(Integer.parseInt(row.get("height")));
    assertThat(Sha256.hex(ColourSteps.rgb(raster).data())).isEqualTo(row.get("rgb_sha256"));
    assertThat(raster.channels() == Raster.RGBA ? Sha256.hex(raster.data()) : "-")
        .isEqualTo(row.get("rgba_sha256"));
  }

  @TestFactory
  Stream<DynamicTest> resizedPixelsEqualPillows() {
    return Table.rows(getClass(), "resize.tsv").stream()
        .map(row -> DynamicTest.dynamicTest(row.toString(), () -> checkResize(row)));
  }

  private void checkResize(Map<String, String> row) throws Exception {
    Raster raster = DECODER.decode(Table.bytes(getClass(), row.get("file")));
    Raster resized =
        Resampler.resize(
            row.get("file").startsWith("gray") ? gray(raster) : raster,
            Integer.parseInt(row.get("width")),
            Integer.parseInt(row.get("height")),
            Filter.valueOf(row.get("filter")));
    assertThat(Sha256.hex(resized.data())).isEqualTo(row.get("sha256"));
  }

  private static Raster gray(Raster rgb) {
    Raster gray = Raster.blank(rgb.width(), rgb.height(), Raster.GRAY);
    for (int i = 0; i < gray.data().length; i++) {
      gray.data()[i] = rgb.data()[3 * i];
    }
    return gray;
  }
}
