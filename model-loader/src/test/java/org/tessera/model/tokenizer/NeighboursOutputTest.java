package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;
import org.tessera.model.bundle.Neighbours;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.quantize.CodeNeighbours;
import org.tessera.model.quantize.Quantizers;

/** The manifest's {@code neighbours}: the best codes of each id beside the ids. */
class NeighboursOutputTest {
  private static final int D = 4;
  private static final String VQ =
      "{family: vq, codebook: codebook.npy, metric: euclidean, normalise: none, dequantise: stored}";

  @TempDir Path temporary;
  private final float[] table = gaussian(1, 32 * D);

  private static float[] gaussian(int seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private Bundle bundle(String quantizer, String layout, String neighbours) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("spec"));
    Npy.write(folder.resolve("codebook.npy"), NpyArray.of(table, 32, D));
    JsonNode spec =
        new YAMLMapper()
            .readTree(
                """
                name: ranked
                version: "1"
                modality: image
                models: []
                output: latents
                front_end: []
                quantizer: %s
                layout: %s
                prefix: {axis: position, minimum: 1}
                neighbours: %s
                licence: MIT
                source: test
                """
                    .formatted(quantizer, layout, neighbours));
    return BundleCreator.create(spec, folder, temporary.resolve("bundle"));
  }

  private static Codes encode(Tokenizer tokenizer, float[] signal, long... shape) {
    try (NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, shape)) {
      tensor.write(0, signal, 0, signal.length);
      return tokenizer.encode(Map.of(Roles.SIGNAL, tensor));
    }
  }

  @Test
  void comeBesideTheIdsAndAreCutWithThem() throws Exception {
    float[] rows = gaussian(2, 2 * 8 * D);
    var quantizer =
        Quantizers.of(
            new QuantizerSpec(
                "vq",
                new TreeMap<>(
                    Map.of(
                        "codebook", "c",
                        "metric", "euclidean",
                        "normalise", "none",
                        "dequantise", "stored"))),
            name -> FloatTensor.of(table, 32, D));
    int[] expected = CodeNeighbours.of(quantizer, rows, 16, 5);
    try (Bundle bundle =
            bundle(
                VQ,
                "{axes: [position], shape: [8], radices: [32]}",
                "{count: 5, perturb: {alpha: 0.5, beta: 0.25, seed: 3}}");
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        Tokenizer first = Tokenizers.load(bundle, TokenizerOptions.threads(1).keeping(3))) {
      assertThat(TokenizerManifest.fromJson(bundle.manifest().toJson()).neighbours())
          .contains(new Neighbours(5, java.util.Optional.of(new Neighbours.Perturb(0.5, 0.25, 3))));
      Codes codes = encode(tokenizer, rows, 2, 8, D);
      assertThat(codes.neighbours()).isEqualTo(expected);
      for (int i = 0; i < 16; i++) {
        assertThat(codes.neighbours()[5 * i]).isEqualTo(codes.ids()[i]);
      }
      int[] cut = encode(first, rows, 2, 8, D).neighbours();
      assertThat(cut).hasSize(2 * 3 * 5);
      for (int i = 0; i < 15; i++) {
        assertThat(cut[i]).isEqualTo(expected[i]);
        assertThat(cut[15 + i]).isEqualTo(expected[40 + i]);
      }
    }
  }

  @Test
  void needOneDistanceACode() {
    assertThatThrownBy(
            () ->
                bundle(
                    "{family: lfq, bits: 4, bit_order: big}",
                    "{axes: [position], shape: [8], radices: [16]}",
                    "{count: 5}"))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining(
            "Cannot give neighbours with tokenizer ranked: Cannot rank codes: only the family vq has"
                + " one distance a code");
  }

  @Test
  void areWrittenStrictly() {
    assertThatThrownBy(
            () ->
                bundle(
                    VQ,
                    "{axes: [position], shape: [8], radices: [32]}",
                    "{count: 0, perturb: {alpha: 2, betta: 0.5, seed: 1}}"))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("neighbours.count: cannot be 0 (at least 1)")
        .hasMessageContaining("neighbours.perturb.alpha: give a number from 0 to 1, not 2")
        .hasMessageContaining("neighbours.perturb.betta: unknown key (did you mean beta")
        .hasMessageContaining("neighbours.perturb.beta: missing (add it)");
  }
}
