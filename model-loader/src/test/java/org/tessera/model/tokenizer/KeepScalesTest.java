package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Roles;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;

/** Cutting pyramids and other ids of one vector, in bundles without a model. */
class KeepScalesTest {
  private static final int D = 4;

  @TempDir Path temporary;

  private static float[] gaussian(int seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private Bundle bundle(String quantizer, String layout) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("spec"));
    Npy.write(folder.resolve("codebook.npy"), NpyArray.of(gaussian(1, 32 * D), 32, D));
    JsonNode spec =
        new YAMLMapper()
            .readTree(
                """
                name: pyramid
                version: "1"
                modality: image
                models: []
                output: latents
                front_end: []
                quantizer: %s
                layout: %s
                prefix: {axis: position, minimum: 1, fill: -1}
                licence: MIT
                source: test
                """
                    .formatted(quantizer, layout));
    return BundleCreator.create(spec, folder, temporary.resolve("bundle"));
  }

  private static Codes encode(Tokenizer tokenizer, float[] signal, long... shape) {
    try (NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, shape)) {
      tensor.write(0, signal, 0, signal.length);
      return tokenizer.encode(Map.of(Roles.SIGNAL, tensor));
    }
  }

  @Test
  void keepsTheFirstScalesAndDecodesThem() throws Exception {
    float[] maps = gaussian(2, 2 * 16 * D);
    try (Bundle bundle =
        bundle(
            "{family: multi_scale, height: 4, width: 4, scales: [1, 2, 4], codebook: codebook.npy,"
                + " metric: euclidean, normalise: none, dequantise: stored}",
            "{axes: [position], shape: [21], radices: [32], scales: [1, 4, 16]}")) {
      Codes all;
      try (Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        all = encode(tokenizer, maps, 2, 4, 4, D);
        assertThat(all.shape()).containsExactly(21);
        assertThat(all.levels()).isEqualTo(3);
      }
      try (Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1).keeping(5))) {
        assertThat(tokenizer.manifest().layout().shape()).containsExactly(5);
        assertThat(tokenizer.manifest().layout().scales()).containsExactly(1, 4);
        Codes codes = encode(tokenizer, maps, 2, 4, 4, D);
        assertThat(codes.shape()).containsExactly(5);
        assertThat(codes.levels()).isEqualTo(2);
        assertThat(codes.ids()).startsWith(Arrays.copyOf(all.ids(), 5));
        assertThat(codes.ids()).endsWith(Arrays.copyOfRange(all.ids(), 21, 26));
        assertThat(codes.errors())
            .containsExactly(all.errors()[0], all.errors()[1], all.errors()[3], all.errors()[4]);
        int[] marked = all.ids().clone();
        Arrays.fill(marked, 5, 21, -1);
        Arrays.fill(marked, 26, 42, -1);
        assertThat(decoded(tokenizer, codes.ids(), 5)).isEqualTo(decoded(tokenizer, marked, 21));
      }
      assertThatThrownBy(() -> Tokenizers.load(bundle, TokenizerOptions.threads(1).keeping(7)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Cannot keep 7 ids of tokenizer pyramid: the first 7 ids are no whole number of scales"
                  + " (keep [1, 5, 21])");
    }
  }

  private static float[] decoded(Tokenizer tokenizer, int[] ids, int positions) {
    try (NativeTensor signal = tokenizer.decode(ids, 2, new int[] {positions})) {
      float[] values = new float[(int) signal.size()];
      signal.read(0, values, 0, values.length);
      return values;
    }
  }

  @Test
  void keepsAnyNumberOfPositionsOfAnOrderedSequence() throws Exception {
    float[] rows = gaussian(3, 8 * D);
    try (Bundle bundle =
            bundle(
                "{family: vq, codebook: codebook.npy, metric: euclidean, normalise: none,"
                    + " dequantise: stored}",
                "{axes: [position], shape: [8], radices: [32], scales: [2, 3, 3]}");
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1).keeping(4));
        Tokenizer whole = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      assertThat(tokenizer.manifest().layout().scales()).containsExactly(2, 2);
      assertThat(encode(tokenizer, rows, 1, 8, D).ids())
          .isEqualTo(Arrays.copyOf(encode(whole, rows, 1, 8, D).ids(), 4));
    }
  }

  @Test
  void refusesToKeepSomeBitsOfAVector() throws Exception {
    try (Bundle bundle =
        bundle(
            "{family: binary, bits: 4, bits_per_id: 1}",
            "{axes: [row, position], shape: [2, 4], radices: [2], slot_axis: position}")) {
      assertThatThrownBy(() -> Tokenizers.load(bundle, TokenizerOptions.threads(1).keeping(2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Cannot keep 2 ids of tokenizer pyramid: 4 ids of a vector stand for its parts, and"
                  + " the first 2 for nothing (keep all; levels of residual and parallel"
                  + " quantizers, scales of multi_scale ones and positions can be cut)");
    }
  }
}
