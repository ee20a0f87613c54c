package org.tessera.model.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Randomness;
import org.tessera.model.engine.Engines;
import org.tessera.model.engine.Finding;

/** The messages are written here byte by byte, by the field numbers of onnx.proto. */
class OnnxScanTest {
  @TempDir Path temporary;

  private static byte[] field(int number, byte[] value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, (number << 3) | 2);
    varint(out, value.length);
    out.writeBytes(value);
    return out.toByteArray();
  }

  private static byte[] text(int number, String value) {
    return field(number, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] number(int number, long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, number << 3);
    varint(out, value);
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static byte[] all(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] node(String domain, String op, byte[]... attributes) {
    return all(text(3, "n"), text(4, op), all(attributes), text(7, domain));
  }

  private List<Finding> scan(byte[] graph, byte[]... rest) throws IOException {
    Path file = temporary.resolve("m.onnx");
    Files.write(file, all(field(7, graph), all(rest)));
    return Engines.of("onnx").scan(file, Set.of("encode"), Randomness.NONE);
  }

  @Test
  void acceptsAGoodModel() throws Exception {
    Path file = Path.of(OnnxScanTest.class.getResource("vector_quantizer.onnx").toURI());
    assertThat(Engines.of("onnx").scan(file, Set.of("encode"), Randomness.NONE)).isEmpty();
  }

  @Test
  void refusesForeignOperationsInSubgraphsToo() throws Exception {
    byte[] inner = field(1, node("evil.ops", "Shell"));
    byte[] branch = field(5, all(text(1, "then_branch"), field(6, inner)));
    assertThat(scan(field(1, node("", "If", branch))))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.message())
                    .startsWith("evil.ops:Shell is not one of ONNX Runtime's operations"));
  }

  @Test
  void acceptsTheModelsOwnFunctions() throws Exception {
    byte[] function =
        field(25, all(text(1, "Block"), field(7, node("", "Relu")), text(10, "my.model")));
    assertThat(scan(field(1, node("my.model", "Block")), function)).isEmpty();
  }

  @Test
  void refusesValuesOutsideTheDirectory() throws Exception {
    byte[] good = field(1, node("", "Relu"));
    for (String location : List.of("/etc/passwd", "../secret", "a/../../secret")) {
      byte[] entry = field(13, all(text(1, "location"), text(2, location)));
      byte[] tensor = field(5, all(number(1, 4), text(8, "w"), entry));
      assertThat(scan(all(good, tensor)))
          .singleElement()
          .satisfies(
              finding ->
                  assertThat(finding.message())
                      .isEqualTo(
                          "its values are at "
                              + location
                              + ", outside the model's directory (refused)"));
    }
    byte[] inside = field(13, all(text(1, "location"), text(2, "weights.bin")));
    assertThat(scan(all(good, field(5, all(number(1, 4), text(8, "w"), inside))))).isEmpty();
  }

  @Test
  void refusesAbsurdTensorsAndRandomness() throws Exception {
    byte[] tensor = field(5, all(number(1, 1L << 40), number(1, 1L << 40), text(8, "w")));
    assertThat(scan(all(field(1, node("", "RandomNormal")), tensor)))
        .extracting(Finding::message)
        .satisfiesExactly(
            message -> assertThat(message).startsWith("RandomNormal draws new random numbers"),
            message -> assertThat(message).startsWith("it is a tensor of shape [1099511627776,"));
  }

  /** A dropout whose third input says that it trains, or does not; and one that cannot be told. */
  @Test
  void refusesDropoutsOfTraining() throws Exception {
    byte[] dropout =
        field(1, all(text(1, "x"), text(1, "ratio"), text(1, "trains"), node("", "Dropout")));
    for (int trains : new int[] {0, 1}) {
      byte[] truth = all(number(2, 9), text(8, "trains"), field(9, new byte[] {(byte) trains}));
      byte[] attribute = all(text(1, "value"), field(5, all(number(2, 9), number(5, trains))));
      byte[] constant = all(text(2, "trains"), node("", "Constant", field(5, attribute)));
      for (byte[] stored : List.of(field(5, truth), field(1, constant))) {
        assertThat(scan(all(stored, dropout)))
            .extracting(Finding::isError)
            .isEqualTo(trains == 1 ? List.of(true) : List.of());
      }
    }
    assertThat(scan(dropout)).extracting(Finding::isError).containsExactly(true);
    byte[] plain = field(1, all(text(1, "x"), node("", "Dropout")));
    assertThat(scan(plain)).isEmpty();
  }

  @Test
  void warnsOfAMeanOfTheBatch() throws Exception {
    for (int trains : new int[] {0, 1}) {
      byte[] attribute = all(text(1, "training_mode"), number(3, trains));
      List<Finding> found = scan(field(1, node("", "BatchNormalization", field(5, attribute))));
      assertThat(found)
          .extracting(Finding::isError)
          .isEqualTo(trains == 1 ? List.of(false) : List.of());
    }
  }

  @Test
  void refusesWhatIsNoOnnx() throws Exception {
    Path file = temporary.resolve("m.onnx");
    Files.writeString(file, "no protobuf at all");
    assertThat(Engines.of("onnx").scan(file, Set.of("encode"), Randomness.NONE))
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).startsWith("it cannot be read"));
    byte[] deep = field(1, node("", "If"));
    for (int i = 0; i < 300; i++) {
      deep = field(1, node("", "If", field(5, field(6, deep))));
    }
    assertThat(scan(deep))
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("nested more than 200 deep"));
  }
}
