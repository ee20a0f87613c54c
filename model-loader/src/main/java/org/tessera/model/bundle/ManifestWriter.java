package org.tessera.model.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SortedMap;

/** From a manifest to JSON; keys come in the order in which BUNDLE.md explains them. */
final class ManifestWriter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ManifestWriter() {}

  static ObjectNode write(TokenizerManifest manifest) {
    ObjectNode root = NODES.objectNode();
    root.put("format", TokenizerManifest.FORMAT);
    root.put("name", manifest.name());
    root.put("version", manifest.version());
    root.put("modality", manifest.modality().id());
    root.set(
        "models",
        JsonValues.toNode(manifest.models().stream().map(ManifestWriter::model).toList()));
    root.put("output", manifest.output().id());
    Randomness randomness = manifest.randomness();
    if (randomness.policy() != Randomness.Policy.NONE) {
      ObjectNode node = root.putObject("randomness");
      node.put("policy", randomness.policy().id());
      if (randomness.policy() == Randomness.Policy.SEED) {
        node.put("seed", randomness.seed());
      }
    }
    root.set(
        "front_end",
        JsonValues.toNode(
            manifest.frontEnd().stream()
                .map(step -> named("step", step.name(), step.parameters()))
                .toList()));
    manifest
        .quantizer()
        .ifPresent(
            spec -> root.set("quantizer", named("family", spec.family(), spec.parameters())));
    root.set("layout", layout(manifest.layout()));
    manifest.prefix().ifPresent(prefix -> root.set("prefix", prefix(prefix)));
    manifest.neighbours().ifPresent(wanted -> root.set("neighbours", neighbours(wanted)));
    if (!manifest.licence().isEmpty()) {
      root.put("licence", manifest.licence());
    }
    if (!manifest.source().isEmpty()) {
      root.put("source", manifest.source());
    }
    root.set("files", JsonValues.toNode(manifest.files()));
    return root;
  }

  private static ObjectNode model(ModelSpec model) {
    ObjectNode node = NODES.objectNode();
    node.put("engine", model.engine());
    node.put("path", model.path());
    node.set("encode", signature(NODES.objectNode(), model.encode()));
    model
        .decode()
        .ifPresent(
            decode -> {
              ObjectNode written = node.putObject("decode");
              model
                  .decoder()
                  .ifPresent(file -> written.put("engine", file.engine()).put("path", file.path()));
              signature(written, decode);
            });
    if (model.batch() != 0) {
      node.put("batch", model.batch());
    }
    return node;
  }

  private static ObjectNode signature(ObjectNode node, SignatureSpec signature) {
    node.put("signature", signature.name());
    ObjectNode inputs = node.putObject("inputs");
    signature.inputs().forEach((role, tensor) -> inputs.set(role, tensor(tensor)));
    ObjectNode outputs = node.putObject("outputs");
    signature.outputs().forEach((role, tensor) -> outputs.set(role, tensor(tensor)));
    return node;
  }

  private static JsonNode tensor(TensorSpec tensor) {
    if (tensor.equals(TensorSpec.of(tensor.tensor()))) {
      return NODES.textNode(tensor.tensor());
    }
    ObjectNode node = NODES.objectNode();
    if (tensor.beside().tensors().isEmpty()) {
      node.put("tensor", tensor.tensor());
    } else {
      node.set("tensors", JsonValues.toNode(tensor.tensors()));
      node.set("each", JsonValues.toNode(tensor.beside().each()));
    }
    tensor.type().ifPresent(type -> node.put("type", type.id()));
    if (!tensor.axes().isEmpty()) {
      node.set("axes", JsonValues.toNode(tensor.axes()));
    }
    if (!tensor.shape().isEmpty()) {
      node.set("shape", JsonValues.toNode(tensor.shape()));
    }
    if (!tensor.trim().equals(TensorSpec.Trim.NONE)) {
      node.put("trim_front", tensor.trim().front()).put("trim_back", tensor.trim().back());
    }
    tensor.value().ifPresent(value -> value(node, value));
    tensor
        .scaling()
        .ifPresent(scaling -> node.put("shift", scaling.shift()).put("scale", scaling.scale()));
    return node;
  }

  private static void value(ObjectNode node, TensorSpec.Constant value) {
    if (!value.of().equals(Roles.SIGNAL)) {
      node.put("of", value.of());
    }
    if (value.numbers().isEmpty()) {
      node.put("extent", value.extents().get(0));
      return;
    }
    boolean scalar = value.shape().isEmpty();
    node.set("value", JsonValues.toNode(scalar ? value.numbers().get(0) : value.numbers()));
    if (!value.extents().isEmpty()) {
      node.set("extents", JsonValues.toNode(value.extents()));
    }
  }

  private static ObjectNode named(String key, String name, SortedMap<String, Object> parameters) {
    ObjectNode node = NODES.objectNode();
    node.put(key, name);
    parameters.forEach((parameter, value) -> node.set(parameter, JsonValues.toNode(value)));
    return node;
  }

  private static ObjectNode layout(TokenLayout layout) {
    ObjectNode node = NODES.objectNode();
    node.set("axes", JsonValues.toNode(layout.axes()));
    node.set("shape", JsonValues.toNode(layout.shape()));
    if (!layout.radices().isEmpty()) {
      node.set("radices", JsonValues.toNode(layout.radices()));
    }
    if (!layout.slotAxis().isEmpty()) {
      node.put("slot_axis", layout.slotAxis());
    }
    if (!layout.scales().isEmpty()) {
      node.set("scales", JsonValues.toNode(layout.scales()));
    }
    return node;
  }

  private static ObjectNode neighbours(Neighbours neighbours) {
    ObjectNode node = NODES.objectNode();
    node.put("count", neighbours.count());
    neighbours
        .perturb()
        .ifPresent(
            perturb ->
                node.putObject("perturb")
                    .put("alpha", perturb.alpha())
                    .put("beta", perturb.beta())
                    .put("seed", perturb.seed()));
    return node;
  }

  private static ObjectNode prefix(Prefix prefix) {
    ObjectNode node = NODES.objectNode();
    node.put("axis", prefix.axis());
    node.put("minimum", prefix.minimum());
    prefix.fill().ifPresent(fill -> node.put("fill", fill));
    return node;
  }
}
