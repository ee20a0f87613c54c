package org.tessera.jobs.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import javax.imageio.ImageIO;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tessera.model.engine.Finding;
import org.tessera.model.tokenizer.BundleCreator;

/** A gray image of 8 x 8, whose pixels are 0 at the left and 10 at the right. */
class BundleTrialTest {
  private static final String SPEC =
      """
      name: gray
      version: "1"
      modality: image
      models:
        - path: model
          encode:
            signature: encode
            inputs: {signal: pixels}
            outputs: {latents: latents}
      output: latents
      front_end: [{step: gray}, {step: to_float, preset: raw}]
      quantizer:
        {family: uniform_bins, dimensions: 1, levels: 256, steps: points, rounding: half_even, low: 0, high: 255}
      layout: {axes: [row, column], shape: [8, 8], radices: [256]}
      licence: CC0-1.0
      source: a test
      """;

  @TempDir Path temp;
  private Path file;
  private int bundles;

  @BeforeEach
  void write() throws Exception {
    file = temp.resolve("gray.png");
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 8; y++) {
      for (int x = 4; x < 8; x++) {
        image.getRaster().setSample(x, y, 0, 10);
      }
    }
    ImageIO.write(image, "png", file.toFile());
  }

  @Test
  void showsWhatComesOut() throws Exception {
    ObjectNode node = new ObjectMapper().createObjectNode();
    List<Finding> findings = new ArrayList<>();
    String text = run((tf, pixels) -> tf.identity(pixels), node, findings);
    assertThat(findings).isEmpty();
    assertThat(text)
        .isEqualTo(
            "\n  "
                + file
                + ": tokens [8, 8], 2 distinct: 0 0 0 0 10 10 10 10 0 0 0 0 10 10 10 10 ...");
    assertThat(node.at("/samples/0/shape").toString()).isEqualTo("[8,8]");
    assertThat(node.at("/samples/0/tokens")).hasSize(64);
  }

  @Test
  void showsTheLatentsOfAnEncoder() throws Exception {
    ObjectNode node = new ObjectMapper().createObjectNode();
    List<Finding> findings = new ArrayList<>();
    String spec = SPEC.replaceAll("(?m)^quantizer:\\n.*\\n", "").replace(", radices: [256]", "");
    String text = run(spec, (tf, pixels) -> tf.identity(pixels), node, findings);
    assertThat(findings).isEmpty();
    assertThat(text).isEqualTo("\n  " + file + ": latents [8, 8, 1], from 0.000 to 10.00");
    assertThat(node.at("/samples/0/shape").toString()).isEqualTo("[8,8,1]");
    assertThat(node.at("/samples/0/most").asDouble()).isEqualTo(10);

    run(spec, (tf, pixels) -> tf.math.log(pixels), node, findings);
    assertThat(findings)
        .singleElement()
        .hasToString("error: " + file + ": the model's latents are not all finite");
  }

  @Test
  void saysThatAModelTakesOneSampleOnly() throws Exception {
    List<Finding> findings = new ArrayList<>();
    run((tf, pixels) -> tf.reshape(pixels, tf.array(1, 8, 8, 1)), findings);
    assertThat(findings).singleElement().matches(Finding::isError);
    assertThat(findings.get(0).message())
        .startsWith("it takes one sample, but not two in a call (write batch: 1 for it): Cannot");
  }

  /** The second of two samples is added to the first. */
  @Test
  void warnsOfAModelThatLooksAcrossTheBatch() throws Exception {
    List<Finding> findings = new ArrayList<>();
    run((tf, pixels) -> tf.math.cumsum(pixels, tf.constant(0)), findings);
    assertThat(findings)
        .singleElement()
        .extracting(Finding::toString)
        .asString()
        .startsWith("warning: " + file + ": 32 of 64 ids are others when samples share a call");
  }

  private void run(
      BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> model, List<Finding> findings)
      throws Exception {
    run(model, new ObjectMapper().createObjectNode(), findings);
  }

  private String run(
      BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> model,
      ObjectNode node,
      List<Finding> findings)
      throws Exception {
    return run(SPEC, model, node, findings);
  }

  private String run(
      String spec,
      BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> model,
      ObjectNode node,
      List<Finding> findings)
      throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> pixels =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 8, 8, 1)));
      FileUtils.deleteQuietly(temp.resolve("model").toFile());
      SavedModelBundle.exporter(temp.resolve("model").toString())
          .withTags(SavedModelBundle.DEFAULT_TAG)
          .withSession(session)
          .withSignature(
              Signature.builder("encode")
                  .input("pixels", pixels)
                  .output("latents", model.apply(tf, pixels))
                  .build())
          .export();
    }
    Path bundle = temp.resolve("gray" + ++bundles + ".bundle");
    BundleCreator.create(new YAMLMapper().readTree(spec), temp, bundle).close();
    return new BundleTrial(List.of(file)).run(bundle, findings, node);
  }
}
