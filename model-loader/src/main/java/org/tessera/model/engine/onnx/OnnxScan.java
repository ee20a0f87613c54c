package org.tessera.model.engine.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tessera.model.bundle.Randomness;
import org.tessera.model.engine.Finding;

/**
 * Judges an ONNX file before it is loaded. The standard's operations only compute; what is looked
 * at is operations from elsewhere, tensors whose values are outside the bundle or of absurd size,
 * and random numbers.
 */
final class OnnxScan {
  private static final long MAX_TENSOR_ELEMENTS = 1L << 31;
  private static final int MAX_FINDINGS = 20;
  private static final Set<String> DOMAINS =
      Set.of("", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc");
  private static final Set<String> RANDOM =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Multinomial",
          "Bernoulli");

  private final Path model;
  private final boolean encoder;
  private final Randomness randomness;
  private final List<Finding> findings = new ArrayList<>();

  private OnnxScan(Path model, boolean encoder, Randomness randomness) {
    this.model = model;
    this.encoder = encoder;
    this.randomness = randomness;
  }

  /** Scans a file; its random numbers are judged when it is an encoder. */
  static List<Finding> scan(Path model, boolean encoder, Randomness randomness) {
    OnnxScan scan = new OnnxScan(model, encoder, randomness);
    try {
      OnnxGraphReader graph = OnnxGraphReader.read(model);
      if (graph.nodes().isEmpty()) {
        scan.report(Finding.error(model.getFileName().toString(), "it has no operations"));
      }
      graph.nodes().forEach(node -> scan.judge(node, graph));
      graph.tensors().forEach(scan::judge);
    } catch (IOException e) {
      scan.report(
          Finding.error(
              model.getFileName().toString(),
              "it cannot be read: " + e.getMessage() + " (is it an ONNX file?)"));
    }
    return scan.findings;
  }

  private void judge(OnnxGraphReader.Node node, OnnxGraphReader graph) {
    String place = node.name().isEmpty() ? node.type() : node.name();
    if (!DOMAINS.contains(node.domain())) {
      if (!graph.functions().contains(node.domain() + ":" + node.type())) {
        report(
            Finding.error(
                place,
                node.domain()
                    + ":"
                    + node.type()
                    + " is not one of ONNX Runtime's operations (export with standard operations)"));
      }
    } else if (encoder && (RANDOM.contains(node.type()) || dropsOut(node, graph))) {
      judgeRandom(place, node.type());
    } else if (encoder && node.trains()) {
      report(
          Finding.warning(
              place,
              node.type()
                  + " takes the mean of the batch, as in training, so ids depend on what is beside"
                  + " a sample (export in evaluation mode, or write batch: 1 for the model)"));
    }
  }

  /** Whether a dropout is, or may be, that of training. */
  private static boolean dropsOut(OnnxGraphReader.Node node, OnnxGraphReader graph) {
    return node.type().equals("Dropout")
        && node.inputs().size() > 2
        && !node.inputs().get(2).isEmpty()
        && graph.truth(node.inputs().get(2)).orElse(true);
  }

  private void judgeRandom(String place, String type) {
    if (randomness.policy() == Randomness.Policy.MODE) {
      report(
          Finding.warning(
              place,
              type + " draws random numbers; the manifest says that they do not change the ids"));
    } else {
      report(
          Finding.error(
              place,
              type
                  + " draws new random numbers in every call, so ids could not be made again"
                  + " (export the mode or the highest score, and in evaluation mode)"));
    }
  }

  private void judge(OnnxGraphReader.Tensor tensor) {
    long size = 1;
    for (long extent : tensor.dims()) {
      if (extent < 0 || size > MAX_TENSOR_ELEMENTS / Math.max(extent, 1)) {
        report(
            Finding.error(
                tensor.name(),
                "it is a tensor of shape "
                    + tensor.dims()
                    + " (no tensor of a model has that; the file is damaged or an attack)"));
        return;
      }
      size *= Math.max(extent, 1);
    }
    String location = tensor.external().get("location");
    if (location != null) {
      Path directory = model.toAbsolutePath().normalize().getParent();
      Path file = directory.resolve(location).normalize();
      if (Path.of(location).isAbsolute() || !file.startsWith(directory)) {
        report(
            Finding.error(
                tensor.name(),
                "its values are at " + location + ", outside the model's directory (refused)"));
      }
    }
  }

  private void report(Finding finding) {
    if (findings.size() < MAX_FINDINGS && !findings.contains(finding)) {
      findings.add(finding);
    }
  }
}
