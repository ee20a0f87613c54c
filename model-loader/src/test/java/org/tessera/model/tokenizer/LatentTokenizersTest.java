package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Prefix;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.tensorflow.TestSavedModels;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.Quantizers;

/** Latents from a model that doubles its input, through quantizers made by the reference. */
class LatentTokenizersTest {
  private static final int LEVELS = 3;
  private static final int CODES = 16;
  private static final int DIMENSIONS = 4;

  @TempDir Path temporary;
  private final Random random = new Random(5);
  private final float[] codebooks = floats(LEVELS * CODES * DIMENSIONS);

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static QuantizerSpec residual() {
    return new QuantizerSpec(
        "residual",
        new TreeMap<>(
            Map.of(
                "codebooks", "codebooks.npy",
                "metric", "euclidean",
                "normalise", "none",
                "dequantise", "stored")));
  }

  private Quantizer reference() {
    return Quantizers.of(residual(), name -> FloatTensor.of(codebooks, LEVELS, CODES, DIMENSIONS));
  }

  private Bundle bundle(
      int rank, TensorSpec encodeLatents, TensorSpec decodeLatents, TokenLayout layout)
      throws Exception {
    return bundle(rank, encodeLatents, decodeLatents, layout, 0);
  }

  private Bundle bundle(
      int rank, TensorSpec encodeLatents, TensorSpec decodeLatents, TokenLayout layout, int batch)
      throws Exception {
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("b" + random.nextInt()))) {
      TestSavedModels.features(writer.directory().resolve("model"), rank);
      Npy.write(
          writer.directory().resolve("codebooks.npy"),
          NpyArray.of(codebooks, LEVELS, CODES, DIMENSIONS));
      SignatureSpec encode =
          new SignatureSpec(
              "encode",
              new TreeMap<>(Map.of(Roles.SIGNAL, TensorSpec.of("features"))),
              new TreeMap<>(Map.of(Roles.LATENTS, encodeLatents)));
      SignatureSpec decode =
          new SignatureSpec(
              "decode",
              new TreeMap<>(Map.of(Roles.LATENTS, decodeLatents)),
              new TreeMap<>(Map.of(Roles.SIGNAL, TensorSpec.of("signal"))));
      return writer.finish(
          TokenizerManifest.builder("latent", Modality.IMAGE)
              .model(
                  ModelSpec.of("tensorflow", "model", encode).withDecode(decode).withBatch(batch))
              .output(ModelOutput.LATENTS)
              .quantizer(residual())
              .prefix(new Prefix("level", 1, OptionalInt.of(-1)))
              .layout(layout));
    }
  }

  private static TokenLayout layout(String... axes) {
    List<Integer> shape =
        java.util.Arrays.stream(axes).map(axis -> axis.equals("level") ? LEVELS : -1).toList();
    return new TokenLayout(List.of(axes), shape, List.of(CODES), "level", List.of());
  }

  /** Quantizes doubled features with the reference: {@code count × LEVELS}. */
  private int[] expected(float[] features) {
    float[] latents = features.clone();
    for (int i = 0; i < latents.length; i++) {
      latents[i] *= 2;
    }
    int count = latents.length / DIMENSIONS;
    int[] ids = new int[count * LEVELS];
    reference().encode(latents, count, ids, null);
    return ids;
  }

  private static Codes encode(Tokenizer tokenizer, float[] features, long... shape) {
    try (NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, shape)) {
      tensor.write(0, features, 0, features.length);
      return tokenizer.encode(Map.of(Roles.SIGNAL, tensor));
    }
  }

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

  /** The decoder's signal is half the sum of the codes. */
  private void assertDecodes(Tokenizer tokenizer, Codes codes) {
    assertThat(tokenizer.decodable()).isTrue();
    try (NativeTensor signal = tokenizer.decode(codes.ids(), codes.batch(), codes.shape())) {
      int count = codes.ids().length / LEVELS;
      float[] vectors = new float[count * DIMENSIONS];
      reference().decode(codes.ids(), count, vectors);
      float[] values = new float[vectors.length];
      signal.read(0, values, 0, values.length);
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isCloseTo(vectors[i] / 2, Offset.offset(1e-6f));
      }
    }
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

  /** Channels first, with the tensor names of tf2onnx; the quantizer is a TensorFlow graph. */
  @Test
  void quantizesAnotherEnginesLatents() throws Exception {
    float[] rows = floats(2 * 6 * DIMENSIONS);
    float[] channelsFirst = new float[rows.length];
    for (int b = 0; b < 2; b++) {
      for (int p = 0; p < 6; p++) {
        for (int c = 0; c < DIMENSIONS; c++) {
          channelsFirst[(b * DIMENSIONS + c) * 6 + p] = rows[(b * 6 + p) * DIMENSIONS + c];
        }
      }
    }
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("onnx"))) {
      try (var model =
          getClass().getResourceAsStream("/org/tessera/model/engine/onnx/features.onnx")) {
        java.nio.file.Files.copy(model, writer.directory().resolve("features.onnx"));
      }
      Npy.write(
          writer.directory().resolve("codebooks.npy"),
          NpyArray.of(codebooks, LEVELS, CODES, DIMENSIONS));
      TensorSpec latents =
          TensorSpec.of("PartitionedCall:0").withAxes(List.of("batch", "channel", "row", "column"));
      SignatureSpec encode =
          new SignatureSpec(
              SignatureSpec.DEFAULT_NAME,
              new TreeMap<>(Map.of(Roles.SIGNAL, TensorSpec.of("serving_default_features:0"))),
              new TreeMap<>(Map.of(Roles.LATENTS, latents)));
      try (Bundle bundle =
              writer.finish(
                  TokenizerManifest.builder("latent", Modality.IMAGE)
                      .model(ModelSpec.of("onnx", "features.onnx", encode))
                      .output(ModelOutput.LATENTS)
                      .quantizer(residual())
                      .layout(layout("row", "column", "level")));
          Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        Codes codes = encode(tokenizer, channelsFirst, 2, DIMENSIONS, 2, 3);
        assertThat(codes.ids()).isEqualTo(expected(rows));
        assertThat(codes.shape()).containsExactly(2, 3, LEVELS);
        assertThat(tokenizer.engineVersion()).matches("onnxruntime [0-9.]+ \\+ tensorflow [0-9.]+");
        assertThat(tokenizer.decodable()).isFalse();
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
  void quantizesTheFrontEndsFeaturesWithoutAModel() throws Exception {
    float[] features = floats(2 * 3 * DIMENSIONS);
    float[] half = features.clone();
    for (int i = 0; i < half.length; i++) {
      half[i] /= 2;
    }
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("raw"))) {
      Npy.write(
          writer.directory().resolve("codebooks.npy"),
          NpyArray.of(codebooks, LEVELS, CODES, DIMENSIONS));
      try (Bundle bundle =
              writer.finish(
                  TokenizerManifest.builder("raw", Modality.EEG)
                      .output(ModelOutput.LATENTS)
                      .quantizer(residual())
                      .layout(layout("time", "level")));
          Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        Codes codes = encode(tokenizer, features, 2, 3, DIMENSIONS);
        assertThat(codes.ids()).isEqualTo(expected(half));
        try (NativeTensor signal = tokenizer.decode(codes.ids(), 2, codes.shape())) {
          assertThat(signal.shape()).containsExactly(2, 3, DIMENSIONS);
        }
      }
    }
  }

  @Test
  void runsAChainOfTwoModels() throws Exception {
    float[] features = floats(3 * DIMENSIONS);
    float[] doubled = features.clone();
    for (int i = 0; i < doubled.length; i++) {
      doubled[i] *= 2;
    }
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("chain"))) {
      TestSavedModels.features(writer.directory().resolve("vae"), 3);
      TestSavedModels.features(writer.directory().resolve("head"), 3);
      Npy.write(
          writer.directory().resolve("codebooks.npy"),
          NpyArray.of(codebooks, LEVELS, CODES, DIMENSIONS));
      ModelSpec vae =
          ModelSpec.of(
                  "tensorflow",
                  "vae",
                  SignatureSpec.of(
                      "encode", Map.of("signal", "features"), Map.of("moments", "latents")))
              .withDecode(
                  SignatureSpec.of(
                      "decode", Map.of("moments", "latents"), Map.of("signal", "signal")));
      ModelSpec head =
          ModelSpec.of(
                  "tensorflow",
                  "head",
                  SignatureSpec.of(
                      "encode", Map.of("moments", "features"), Map.of("latents", "latents")))
              .withDecode(
                  SignatureSpec.of(
                      "decode", Map.of("latents", "latents"), Map.of("moments", "signal")));
      try (Bundle bundle =
              writer.finish(
                  TokenizerManifest.builder("chain", Modality.IMAGE)
                      .model(vae)
                      .model(head)
                      .output(ModelOutput.LATENTS)
                      .quantizer(residual())
                      .layout(layout("position", "level")));
          Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        Codes codes = encode(tokenizer, features, 1, 3, DIMENSIONS);
        assertThat(codes.ids()).isEqualTo(expected(doubled));
        float[] vectors = new float[3 * DIMENSIONS];
        reference().decode(codes.ids(), 3, vectors);
        try (NativeTensor signal = tokenizer.decode(codes.ids(), 1, codes.shape())) {
          float[] values = new float[vectors.length];
          signal.read(0, values, 0, values.length);
          for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isCloseTo(vectors[i] / 4, Offset.offset(1e-6f));
          }
        }
      }
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

  @Test
  void refusesALayoutThatDoesNotFitTheQuantizer() throws Exception {
    TokenLayout noLevels =
        new TokenLayout(List.of("time"), List.of(-1), List.of(CODES), "", List.of());
    assertThatThrownBy(() -> load(noLevels))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            "the quantizer makes 3 ids of a vector (give the layout an axis level");
    TokenLayout wrongRadix =
        new TokenLayout(List.of("time", "level"), List.of(-1, 3), List.of(8), "level", List.of());
    assertThatThrownBy(() -> load(wrongRadix))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("its radices are [8], the quantizer's are [16, 16, 16]");
  }

  private void load(TokenLayout layout) throws Exception {
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("x" + random.nextInt()))) {
      Npy.write(
          writer.directory().resolve("codebooks.npy"),
          NpyArray.of(codebooks, LEVELS, CODES, DIMENSIONS));
      try (Bundle bundle =
          writer.finish(
              TokenizerManifest.builder("raw", Modality.EEG)
                  .output(ModelOutput.LATENTS)
                  .quantizer(residual())
                  .layout(layout))) {
        Tokenizers.load(bundle, TokenizerOptions.threads(1)).close();
      }
    }
  }
}
