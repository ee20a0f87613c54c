package org.tessera.pipeline.export;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.udf.sample.SampleKey;

/** Two tokenizers and rows of them. */
final class Samples {
  static final TokenLayout GRID =
      new TokenLayout(List.of("row", "column"), List.of(-1, -1), List.of(100), "", List.of());

  static final TokenLayout LEVELS =
      new TokenLayout(List.of("level", "time"), List.of(2, -1), List.of(10), "level", List.of());

  private Samples() {}

  static TokenizerManifest manifest(String name, Modality modality, TokenLayout layout) {
    return TokenizerManifest.builder(name, modality)
        .model(
            ModelSpec.of(
                "tensorflow",
                "model",
                SignatureSpec.of("", Map.of("signal", "x"), Map.of("ids", "y"))))
        .layout(layout)
        .licence("Apache-2.0")
        .build();
  }

  /** {@code pixels} for images and {@code voice} for audio. */
  static Map<String, TokenizerManifest> both() {
    Map<String, TokenizerManifest> manifests = new LinkedHashMap<>();
    manifests.put("f1", manifest("pixels", Modality.IMAGE, GRID));
    manifests.put("f2", manifest("voice", Modality.AUDIO, LEVELS));
    return manifests;
  }

  static ExportSpec plan(ExportOptions options) {
    return new ExportPlanner(options, both(), Optional.empty()).plan();
  }

  static ExportRow row(String tokenizer, String uri, int[] ids, int... shape) {
    return row(tokenizer, uri, Map.of(), ids, shape);
  }

  static ExportRow row(
      String tokenizer, String uri, Map<String, String> labels, int[] ids, int... shape) {
    return new ExportRow(
        tokenizer,
        new ExportRow.Identity(SampleKey.of(uri).id(), uri, "", 0, -1, 0, 0, "00"),
        ids,
        shape,
        ExportRow.Crop.NONE,
        new TreeMap<>(labels));
  }
}
