package org.tessera.udf.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tessera.model.bundle.Step;
import org.tessera.model.engine.ElementType;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.sample.Sha256;
import org.tessera.udf.testing.Table;

class ImageFrontEndTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Step step(String name, Map<String, Object> parameters) {
    return new Step(name, new TreeMap<>(parameters));
  }

  private static List<Segment> open(List<Step> steps, String file) throws SampleException {
    SampleInput input = SampleInput.of(file, Table.bytes(ImageFrontEndTest.class, file));
    List<Segment> segments = new ArrayList<>();
    try (Segments opened = ImageFrontEnd.of(steps, Limits.DEFAULT).open(input)) {
      for (Segment segment = opened.next(); segment != null; segment = opened.next()) {
        segments.add(segment);
      }
    }
    return segments;
  }

  @TestFactory
  Stream<DynamicTest> stepsGiveWhatPillowAndNumpyGive() throws IOException {
    JsonNode rows = JSON.readTree(Table.bytes(getClass(), "frontend.json"));
    return StreamSupport.stream(rows.spliterator(), false)
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.get("file").asText() + " " + row.get("steps"), () -> check(row)));
  }

  private void check(JsonNode row) throws SampleException {
    List<Step> steps = new ArrayList<>();
    for (JsonNode step : row.get("steps")) {
      @SuppressWarnings("unchecked")
      Map<String, Object> parameters = JSON.convertValue(step.get("parameters"), Map.class);
      steps.add(step(step.get("name").asText(), parameters));
    }
    List<Segment> segments = open(steps, row.get("file").asText());
    assertThat(segments).hasSize(row.get("segments").size());
    for (int i = 0; i < segments.size(); i++) {
      JsonNode wanted = row.get("segments").get(i);
      assertThat(segments.get(i).index()).isEqualTo(i);
      assertThat(segments.get(i).signal().shape())
          .isEqualTo(JSON.convertValue(wanted.get("shape"), int[].class));
      assertThat(Sha256.hex(bytes(segments.get(i).signal())))
          .isEqualTo(wanted.get("sha256").asText());
    }
  }

  /** Little-endian bytes, as numpy's {@code tobytes}. */
  private static byte[] bytes(Features features) {
    float[] values = features.toFloats();
    boolean floats = features.type() == ElementType.FLOAT32;
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * (floats ? 4 : 1)).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (floats) {
        buffer.putFloat(value);
      } else {
        buffer.put((byte) value);
      }
    }
    return buffer.array();
  }

  /** As Caffe's and PaddleOCR's models are fed: OpenCV's order, a mean for each of its channels. */
  @Test
  void blueComesFirstInOpenCvsOrder() throws SampleException {
    Map<String, Object> bgr =
        Map.of("preset", "raw", "order", "bgr", "mean", List.of(104, 117, 123));
    float[] rgb =
        open(List.of(step("to_float", Map.of("preset", "raw"))), "wide.jpg")
            .get(0)
            .signal()
            .toFloats();
    float[] rows = open(List.of(step("to_float", bgr)), "wide.jpg").get(0).signal().toFloats();
    Map<String, Object> planes = new TreeMap<>(bgr);
    planes.put("layout", "nchw");
    float[] planar = open(List.of(step("to_float", planes)), "wide.jpg").get(0).signal().toFloats();
    int pixels = 300 * 181;
    for (int p = 0; p < pixels; p++) {
      float[] wanted = {rgb[3 * p + 2] - 104, rgb[3 * p + 1] - 117, rgb[3 * p] - 123};
      for (int c = 0; c < 3; c++) {
        assertThat(rows[3 * p + c]).isEqualTo(wanted[c]);
        assertThat(planar[c * pixels + p]).isEqualTo(wanted[c]);
      }
    }
  }

  @Test
  void geometrySaysHowToGetBack() throws SampleException {
    List<Step> steps =
        List.of(
            step("resize_center_crop", Map.of("size", 32)),
            step("to_float", Map.of("preset", "signed", "layout", "nchw")));
    Segment segment = open(steps, "wide.jpg").get(0);
    assertThat(segment.geometry())
        .containsEntry("source_width", 300)
        .containsEntry("source_height", 181)
        .containsEntry("resized_width", 53)
        .containsEntry("resized_height", 32)
        .containsEntry("crop_left", 10)
        .containsEntry("crop_top", 0)
        .containsEntry("crop_width", 32)
        .containsEntry("crop_height", 32)
        .containsEntry("layout", "nchw")
        .containsEntry("scale", 1 / 255.0)
        .containsEntry("mean", List.of(0.5))
        .containsEntry("std", List.of(0.5));
    assertThat(segment.channel()).isEqualTo(-1);
    assertThat(segment.endS()).isZero();
  }

  @Test
  void theNearestShapeOfSeveralBucketsIsTaken() throws SampleException {
    Step step = step("aspect_bucket", Map.of("buckets", List.of("64x64", "96x48", "48x96")));
    Segment wide = open(List.of(step), "wide.jpg").get(0);
    assertThat(wide.signal().shape()).containsExactly(48, 96, 3);
    assertThat(wide.geometry()).containsEntry("bucket", "96x48");
    Segment tall = open(List.of(step), "tall.jpg").get(0);
    assertThat(tall.signal().shape()).containsExactly(96, 48, 3);
  }

  @Test
  void theOrderOfPassesCanBeThatOfOlderPillow() throws SampleException {
    Map<String, Object> older = Map.of("width", 100, "height", 20, "passes", "horizontal_first");
    Segment segment = open(List.of(step("resize", older)), "rgb.png").get(0);
    // Pillow 12.3.0: rgb.png resized to (100, 20) with BICUBIC.
    assertThat(Sha256.hex(bytes(segment.signal()))).startsWith("2b10f4307a3f");
  }

  /** A smaller one of the whole image, beside each of five crops. */
  @Test
  void aBranchIsOneMoreInput() throws SampleException {
    Step small = step("resize", Map.of("width", 8, "height", 6));
    Step floats = step("to_float", Map.of("preset", "signed", "layout", "nchw"));
    Step branch =
        step(
            "branch",
            Map.of(
                "role",
                "thumbnail",
                "steps",
                List.of(
                    Map.of("step", "resize", "width", 8, "height", 6),
                    Map.of("step", "to_float", "preset", "signed", "layout", "nchw"))));
    Step crop = step("five_crop", Map.of("size", 16));
    List<Segment> segments = open(List.of(branch, crop), "rgb.png");
    List<Segment> plain = open(List.of(crop), "rgb.png");
    Features alone = open(List.of(small, floats), "rgb.png").get(0).signal();

    assertThat(segments).hasSize(5);
    for (int i = 0; i < 5; i++) {
      Segment segment = segments.get(i);
      assertThat(segment.inputs().keySet()).containsExactly("signal", "thumbnail");
      assertThat(segment.inputs().get("thumbnail").shape()).containsExactly(3, 6, 8);
      assertThat(segment.inputs().get("thumbnail").toFloats()).isEqualTo(alone.toFloats());
      assertThat(segment.signal().toBytes()).isEqualTo(plain.get(i).signal().toBytes());
      assertThat(segment.geometry()).isEqualTo(plain.get(i).geometry());
    }
    assertThat(ImageFrontEnd.of(List.of(branch), Limits.DEFAULT).roles())
        .containsExactly("signal", "thumbnail");
    assertRefused(
        "step ten_crop in branch small (put it outside",
        step(
            "branch",
            Map.of("role", "small", "steps", List.of(Map.of("step", "ten_crop", "size", 3)))));
    assertRefused("two branches with the role thumbnail", branch, branch);
  }

  @Test
  void aCropLargerThanTheImageRejectsTheSample() {
    assertThatThrownBy(() -> open(List.of(step("center_crop", Map.of("size", 99))), "tall.jpg"))
        .isInstanceOfSatisfying(
            SampleException.class, e -> assertThat(e.code()).isEqualTo(RejectCode.TOO_SHORT))
        .hasMessage("Cannot crop 99x99 pixels from an image of 91x310 (resize before the crop)");
  }

  @Test
  void wrongStepsAreNamed() {
    assertRefused("did you mean resize?", step("resiz", Map.of("size", 3)));
    assertRefused(
        "parameter sizes of step resize (did you mean size?)", step("resize", Map.of("sizes", 3)));
    assertRefused("did you mean size?", step("center_crop", Map.of("sizes", 3)));
    assertRefused("did you mean size?", step("five_crop", Map.of("size", 3, "siz", 4)));
    assertRefused("choose one of", step("resize", Map.of("size", 3, "filter", "nearest")));
    assertRefused("give at least 1", step("resize", Map.of("size", 0)));
    assertRefused("give sizes such as 256x256", step("aspect_bucket", Map.of("buckets", "3by4")));
    assertRefused("make it the last step", step("to_float", Map.of()), step("gray", Map.of()));
    assertRefused("make it the first step", step("gray", Map.of()), step("alpha", Map.of()));
    assertRefused("give 1 or 3", step("to_float", Map.of("mean", List.of(1, 2))));
    assertRefused(
        "give at least min_pixels", step("any_resolution", Map.of("patch", 16, "max_pixels", 9)));
  }

  private static void assertRefused(String remedy, Step... steps) {
    assertThatThrownBy(() -> ImageFrontEnd.of(List.of(steps), Limits.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot use")
        .hasMessageContaining(remedy);
  }
}
