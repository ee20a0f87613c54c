package org.tessera.model.bundle;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Manifests for tests that run no model. */
final class TestBundles {
  private TestBundles() {}

  /** An image tokenizer whose model is the file {@code model.onnx}. */
  static TokenizerManifest.Builder manifest() {
    return TokenizerManifest.builder("tiny", Modality.IMAGE)
        .version("2")
        .model(
            ModelSpec.of(
                "tensorflow",
                "model",
                SignatureSpec.of("encode", Map.of("signal", "image:0"), Map.of("ids", "ids"))))
        .step(
            new Step("resize_center_crop", new TreeMap<>(Map.of("size", 256, "filter", "bicubic"))))
        .layout(
            new TokenLayout(
                List.of("row", "column"), List.of(16, 16), List.of(1024), "", List.of()))
        .licence("MIT")
        .source("made by a test");
  }
}
