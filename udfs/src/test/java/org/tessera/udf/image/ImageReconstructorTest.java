package org.tessera.udf.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.ByteFeatures;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.image.codec.ImageDecoder;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.testing.Table;

class ImageReconstructorTest {
  private final ImageReconstructor reconstructor = new ImageReconstructor();

  private static Raster decode(String file) throws SampleException {
    return new ImageDecoder(Limits.DEFAULT).decode(Table.bytes(ImageReconstructorTest.class, file));
  }

  private static Features features(Raster raster) {
    return new ByteFeatures(raster.data(), raster.height(), raster.width(), raster.channels());
  }

  @Test
  void metricsEqualScikitImages() throws SampleException, IOException {
    JsonNode rows = new ObjectMapper().readTree(Table.bytes(getClass(), "metrics.json"));
    assertThat(rows).hasSize(3);
    for (JsonNode row : rows) {
      Features a = features(decode(row.get("a").asText()));
      Features b = features(decode(row.get("b").asText()));
      Map<String, Double> metrics =
          reconstructor.compare(a, b.toFloats(), b.shape(), new TreeMap<>());
      for (String metric : List.of("mse", "mae", "vrmse", "psnr", "ssim")) {
        assertThat(metrics.get(metric))
            .as(metric)
            .isCloseTo(row.get(metric).asDouble(), within(1e-9));
      }
    }
  }

  @Test
  void identicalImagesHaveTheHighestValues() throws SampleException {
    Features a = features(decode("rgb.png"));
    assertThat(reconstructor.compare(a, a.toFloats(), a.shape(), new TreeMap<>()))
        .containsEntry("mse", 0.0)
        .containsEntry("psnr", 100.0)
        .hasEntrySatisfying("ssim", v -> assertThat(v).isCloseTo(1, within(1e-12)));
  }

  @Test
  void imagesSmallerThanTheWindowHaveNoSsim() {
    Features a = new ByteFeatures(new byte[10 * 12 * 3], 10, 12, 3);
    assertThat(reconstructor.compare(a, a.toFloats(), a.shape(), new TreeMap<>()))
        .containsOnlyKeys("mse", "mae", "psnr");
  }

  @Test
  void filesShowWhatTheModelSaw() throws SampleException {
    for (String layout : List.of("nhwc", "nchw")) {
      for (String preset : List.of("unit", "signed", "imagenet", "clip", "raw")) {
        Step step = new Step("to_float", new TreeMap<>(Map.of("layout", layout, "preset", preset)));
        ImageFrontEnd frontEnd = ImageFrontEnd.of(List.of(step), Limits.DEFAULT);
        byte[] source = Table.bytes(getClass(), "rgb.png");
        Segment segment = frontEnd.open(SampleInput.of("rgb.png", source)).next();
        SortedMap<String, Object> geometry = segment.geometry();
        byte[] file =
            reconstructor.file(segment.signal().toFloats(), segment.signal().shape(), geometry);
        Raster back = new ImageDecoder(Limits.DEFAULT).decode(file);
        assertThat(back.data()).as(layout + " " + preset).isEqualTo(decode("rgb.png").data());
      }
    }
    Step bgr = new Step("to_float", new TreeMap<>(Map.of("order", "bgr", "preset", "imagenet")));
    Segment segment =
        ImageFrontEnd.of(List.of(bgr), Limits.DEFAULT)
            .open(SampleInput.of("rgb.png", Table.bytes(getClass(), "rgb.png")))
            .next();
    byte[] file =
        reconstructor.file(
            segment.signal().toFloats(), segment.signal().shape(), segment.geometry());
    assertThat(new ImageDecoder(Limits.DEFAULT).decode(file).data())
        .isEqualTo(decode("rgb.png").data());
    assertThat(reconstructor.extension()).isEqualTo("png");
  }

  @Test
  void valuesOutsideTheRangeAreClipped() throws SampleException {
    byte[] file =
        reconstructor.file(new float[] {-7, 300, 0.5f}, new int[] {1, 1, 3}, new TreeMap<>());
    Raster raster = new ImageDecoder(Limits.DEFAULT).decode(file);
    assertThat(raster.data()).containsExactly(0, (byte) 255, 0);
  }

  @Test
  void otherShapesCannotBeCompared() {
    Features a = new ByteFeatures(new byte[12], 2, 2, 3);
    assertThatThrownBy(
            () -> reconstructor.compare(a, new float[3], new int[] {1, 1, 3}, new TreeMap<>()))
        .hasMessageContaining("Cannot compare an image of 1x1x3 with a model input of 2x2x3");
  }
}
