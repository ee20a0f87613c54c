package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;

/** Latents of one TensorFlow model, quantized in its session. */
class LatentTokenizersTest extends LatentTokenizers {
  @Test
  void givesTheVectorsThatItWouldQuantize() throws Exception {
    float[] features = floats(2 * 5 * DIMENSIONS);
    try (Bundle bundle =
            bundle(3, TensorSpec.of("latents"), TensorSpec.of("latents"), layout("time", "level"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, 2, 5, DIMENSIONS)) {
      tensor.write(0, features, 0, features.length);
      Latents latents = tokenizer.latents(Map.of(Roles.SIGNAL, tensor));
      assertThat(latents.batch()).isEqualTo(2);
      assertThat(latents.shape()).containsExactly(5, DIMENSIONS);
      for (int i = 0; i < features.length; i++) {
        assertThat(latents.values()[i]).isEqualTo(2 * features[i]);
      }
    }
  }

  @Test
  void movesTheChannelOfVectorsToTheEnd() throws Exception {
    float[] features = floats(2 * DIMENSIONS * 5);
    TensorSpec channelFirst =
        TensorSpec.of("latents").withAxes(List.of("batch", "channel", "time"));
    try (Bundle bundle = bundle(3, channelFirst, channelFirst, layout("level", "time"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, 2, DIMENSIONS, 5)) {
      tensor.write(0, features, 0, features.length);
      Latents latents = tokenizer.latents(Map.of(Roles.SIGNAL, tensor));
      assertThat(latents.shape()).containsExactly(5, DIMENSIONS);
      for (int b = 0; b < 2; b++) {
        for (int t = 0; t < 5; t++) {
          for (int c = 0; c < DIMENSIONS; c++) {
            assertThat(latents.values()[(b * 5 + t) * DIMENSIONS + c])
                .isEqualTo(2 * features[(b * DIMENSIONS + c) * 5 + t]);
          }
        }
      }
    }
  }

  /** The model is open to any extents; five positions of eight are not ten of four. */
  @Test
  void refusesVectorsOfAnotherLength() throws Exception {
    TensorSpec latents = TensorSpec.of("latents");
    try (Bundle bundle = bundle(3, latents, latents, layout("time", "level"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      assertThatThrownBy(() -> encode(tokenizer, floats(2 * 5 * 8), 2, 5, 8))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("[2,5,8] is not compatible with expected shape [?,?,4]");
    }
  }

  @Test
  void quantizesInTheModelsOwnSession() throws Exception {
    float[] features = floats(2 * 5 * DIMENSIONS);
    try (Bundle bundle =
            bundle(3, TensorSpec.of("latents"), TensorSpec.of("latents"), layout("time", "level"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      Codes codes = encode(tokenizer, features, 2, 5, DIMENSIONS);
      assertThat(codes.ids()).isEqualTo(expected(features));
      assertThat(codes.shape()).containsExactly(5, LEVELS);
      assertThat(codes.levels()).isEqualTo(LEVELS);
      float[] errors = meanErrors(features);
      for (int i = 0; i < errors.length; i++) {
        assertThat(codes.errors()[i]).isCloseTo(errors[i], Offset.offset(1e-5f));
      }
      assertDecodes(tokenizer, codes);
    }
  }

  private float[] meanErrors(float[] features) {
    float[] latents = features.clone();
    for (int i = 0; i < latents.length; i++) {
      latents[i] *= 2;
    }
    float[] all = new float[10 * LEVELS];
    reference().encode(latents, 10, new int[10 * LEVELS], all);
    float[] means = new float[2 * LEVELS];
    for (int row = 0; row < 10; row++) {
      for (int level = 0; level < LEVELS; level++) {
        means[row / 5 * LEVELS + level] += all[row * LEVELS + level] / 5;
      }
    }
    return means;
  }

  @Test
  void ordersAxesAsTheLayoutSays() throws Exception {
    // The model is channels first: [batch, channel, row, column]; the layout is level first.
    TensorSpec latents =
        TensorSpec.of("latents").withAxes(List.of("batch", "channel", "row", "column"));
    float[] rows = floats(2 * 2 * 3 * DIMENSIONS);
    float[] channelsFirst = new float[rows.length];
    for (int b = 0; b < 2; b++) {
      for (int p = 0; p < 6; p++) {
        for (int c = 0; c < DIMENSIONS; c++) {
          channelsFirst[(b * DIMENSIONS + c) * 6 + p] = rows[(b * 6 + p) * DIMENSIONS + c];
        }
      }
    }
    int[] flat = expected(rows);
    int[] levelsFirst = new int[flat.length];
    for (int b = 0; b < 2; b++) {
      for (int p = 0; p < 6; p++) {
        for (int level = 0; level < LEVELS; level++) {
          levelsFirst[(b * LEVELS + level) * 6 + p] = flat[(b * 6 + p) * LEVELS + level];
        }
      }
    }
    try (Bundle bundle = bundle(4, latents, latents, layout("level", "row", "column"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      Codes codes = encode(tokenizer, channelsFirst, 2, DIMENSIONS, 2, 3);
      assertThat(codes.ids()).isEqualTo(levelsFirst);
      assertThat(codes.shape()).containsExactly(LEVELS, 2, 3);
      try (NativeTensor signal = tokenizer.decode(codes.ids(), 2, codes.shape())) {
        assertThat(signal.shape()).containsExactly(2, DIMENSIONS, 2, 3);
        float[] vectors = new float[rows.length];
        reference().decode(flat, 12, vectors);
        float[] values = new float[rows.length];
        signal.read(0, values, 0, values.length);
        for (int p = 0; p < 6; p++) {
          assertThat(values[(DIMENSIONS + 1) * 6 + p])
              .isCloseTo(vectors[(6 + p) * DIMENSIONS + 1] / 2, Offset.offset(1e-6f));
        }
      }
    }
  }

  @Test
  void keepsTheFirstLevelsAndFillsThemForTheDecoder() throws Exception {
    float[] features = floats(3 * 2 * DIMENSIONS);
    int[] all = expected(features);
    try (Bundle bundle =
        bundle(3, TensorSpec.of("latents"), TensorSpec.of("latents"), layout("time", "level"))) {
      try (Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1).keeping(2))) {
        assertThat(tokenizer.manifest().layout().shape()).containsExactly(-1, 2);
        Codes codes = encode(tokenizer, features, 3, 2, DIMENSIONS);
        assertThat(codes.shape()).containsExactly(2, 2);
        assertThat(codes.levels()).isEqualTo(2);
        int[] filled = new int[all.length];
        for (int i = 0; i < all.length; i++) {
          filled[i] = i % LEVELS < 2 ? all[i] : -1;
          if (i % LEVELS < 2) {
            assertThat(codes.ids()[i / LEVELS * 2 + i % LEVELS]).isEqualTo(all[i]);
          }
        }
        try (NativeTensor signal = tokenizer.decode(codes.ids(), 3, codes.shape())) {
          float[] vectors = new float[features.length];
          reference().decode(filled, 6, vectors);
          float[] values = new float[features.length];
          signal.read(0, values, 0, values.length);
          for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isCloseTo(vectors[i] / 2, Offset.offset(1e-6f));
          }
        }
      }
      assertThatThrownBy(() -> Tokenizers.load(bundle, TokenizerOptions.threads(1).keeping(4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Cannot keep 4 ids along level of tokenizer latent (choose 1 to 3)");
    }
  }

  @Test
  void fillsFixedBatchesUp() throws Exception {
    float[] features = floats(5 * 2 * DIMENSIONS);
    try (Bundle bundle =
            bundle(
                3, TensorSpec.of("latents"), TensorSpec.of("latents"), layout("time", "level"), 2);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      Codes codes = encode(tokenizer, features, 5, 2, DIMENSIONS);
      assertThat(codes.ids()).isEqualTo(expected(features));
      assertThat(codes.batch()).isEqualTo(5);
      assertDecodes(tokenizer, codes);
    }
  }

  @Test
  void givesTheSameIdsForAnyBatch() throws Exception {
    int samples = 33;
    float[] features = floats(samples * 7 * DIMENSIONS);
    try (Bundle bundle =
            bundle(3, TensorSpec.of("latents"), TensorSpec.of("latents"), layout("time", "level"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      Codes whole = encode(tokenizer, features, samples, 7, DIMENSIONS);
      for (int i = 0; i < samples; i++) {
        float[] one =
            java.util.Arrays.copyOfRange(features, i * 7 * DIMENSIONS, (i + 1) * 7 * DIMENSIONS);
        Codes codes = encode(tokenizer, one, 1, 7, DIMENSIONS);
        assertThat(codes.ids())
            .isEqualTo(
                java.util.Arrays.copyOfRange(whole.ids(), i * 7 * LEVELS, (i + 1) * 7 * LEVELS));
        assertThat(codes.errors())
            .isEqualTo(java.util.Arrays.copyOfRange(whole.errors(), i * LEVELS, (i + 1) * LEVELS));
      }
    }
  }
}
