package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Sum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelFile;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.Finding;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.Quantizers;

/**
 * Models of both engines that keep the positions whose first feature is positive: latents are twice
 * the features there and NaN elsewhere, and their decoders say -1 where there is no id.
 */
class KeptTokenizersTest {
  private static final int POSITIONS = 4;
  private static final int D = 2;
  private static final int CODES = 16;
  private static final QuantizerSpec VQ =
      new QuantizerSpec(
          "vq",
          new TreeMap<>(
              Map.of(
                  "codebook", "codebook.npy",
                  "metric", "euclidean",
                  "normalise", "none",
                  "dequantise", "stored")));

  @TempDir Path temporary;
  private final Random random = new Random(3);
  private final float[] codebook = floats(CODES * D);

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static void writeSavedModel(Path directory) throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Shape shape = Shape.of(-1, POSITIONS, D);
      Placeholder<TFloat32> features = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
      var positive =
          tf.math.greater(
              tf.slice(features, tf.array(0, 0, 0), tf.array(-1, -1, 1)), tf.constant(0f));
      var latents =
          tf.select(positive, tf.math.mul(features, tf.constant(2f)), tf.constant(Float.NaN));
      var kept = tf.reshape(positive, tf.array(-1, POSITIONS));
      Placeholder<TFloat32> vectors = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
      Placeholder<TBool> mask =
          tf.placeholder(TBool.class, Placeholder.shape(Shape.of(-1, POSITIONS)));
      var signal =
          tf.select(
              tf.expandDims(mask, tf.constant(2)),
              tf.math.mul(vectors, tf.constant(.5f)),
              tf.constant(-1f));
      SavedModelBundle.exporter(directory.toString())
          .withTags(SavedModelBundle.DEFAULT_TAG)
          .withSession(session)
          .withSignature(
              Signature.builder("encode")
                  .input("features", features)
                  .output("latents", latents)
                  .output("kept", kept)
                  .output(
                      "count",
                      tf.sum(
                          tf.dtypes.cast(kept, TInt64.class), tf.constant(1), Sum.keepDims(false)))
                  .build())
          .withSignature(
              Signature.builder("decode")
                  .input("latents", vectors)
                  .input("kept", mask)
                  .output("signal", signal)
                  .build())
          .export();
    }
  }

  private void copyOnnx(String name, Path directory) throws Exception {
    try (InputStream model =
        getClass().getResourceAsStream("/org/tessera/model/engine/onnx/" + name)) {
      Files.copy(model, directory.resolve(name));
    }
  }

  /** A bundle whose model says what it keeps by {@code role} in its output {@code tensor}. */
  private Bundle bundle(String engine, String role, String tensor) throws Exception {
    boolean onnx = engine.equals("onnx");
    String encoder = onnx ? SignatureSpec.DEFAULT_NAME : "encode";
    SignatureSpec encode =
        SignatureSpec.of(
            encoder,
            Map.of(Roles.SIGNAL, "features"),
            Map.of(Roles.LATENTS, "latents", role, tensor));
    SignatureSpec decode =
        SignatureSpec.of(
            onnx ? SignatureSpec.DEFAULT_NAME : "decode",
            Map.of(Roles.LATENTS, "latents", Roles.KEPT, "kept"),
            Map.of(Roles.SIGNAL, "signal"));
    try (BundleWriter writer = BundleWriter.to(temporary.resolve(engine + role))) {
      ModelSpec model = ModelSpec.of(engine, onnx ? "masked.onnx" : "model", encode);
      if (onnx) {
        copyOnnx("masked.onnx", writer.directory());
        copyOnnx("masked_decoder.onnx", writer.directory());
      } else {
        writeSavedModel(writer.directory().resolve("model"));
      }
      if (role.equals(Roles.KEPT)) {
        model =
            onnx
                ? model.withDecode(new ModelFile("onnx", "masked_decoder.onnx"), decode)
                : model.withDecode(decode);
      }
      Npy.write(writer.directory().resolve("codebook.npy"), NpyArray.of(codebook, CODES, D));
      return writer.finish(
          TokenizerManifest.builder("masked", Modality.IMAGE)
              .model(model)
              .output(ModelOutput.LATENTS)
              .quantizer(VQ)
              .layout(
                  new TokenLayout(
                      List.of("position"), List.of(POSITIONS), List.of(CODES), "", List.of())));
    }
  }

  private static Codes encode(Tokenizer tokenizer, float[] features) {
    int batch = features.length / (POSITIONS * D);
    try (NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, batch, POSITIONS, D)) {
      tensor.write(0, features, 0, features.length);
      return tokenizer.encode(Map.of(Roles.SIGNAL, tensor));
    }
  }

  /** Features of three samples: one keeps the positions 1 and 3, one all, one none. */
  private float[] features() {
    float[] features = floats(3 * POSITIONS * D);
    for (int i = 0; i < 3 * POSITIONS; i++) {
      boolean kept = i < 4 ? i % 2 == 1 : i < 8;
      features[i * D] = (kept ? 1 : -1) * (0.1f + Math.abs(features[i * D]));
    }
    return features;
  }

  private Quantizer reference() {
    return Quantizers.of(VQ, name -> FloatTensor.of(codebook, CODES, D));
  }

  private static float[] doubled(float[] features) {
    float[] latents = new float[features.length];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = 2 * features[i];
    }
    return latents;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensorflow", "onnx"})
  void quantizesAndDecodesWhatIsKept(String engine) throws Exception {
    float[] features = features();
    int[] all = new int[12];
    float[] errors = new float[12];
    reference().encode(doubled(features), 12, all, errors);
    try (Bundle bundle = bundle(engine, Roles.KEPT, "kept");
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        Tokenizer exact = Tokenizers.load(bundle, TokenizerOptions.threads(1).exact())) {
      Codes codes = encode(tokenizer, features);
      assertThat(encode(exact, features).ids()).isEqualTo(codes.ids());
      assertThat(encode(exact, features).positions()).isEqualTo(codes.positions());
      assertThat(codes.lengths()).containsExactly(2, 4, 0);
      assertThat(Arrays.copyOf(codes.ids(), 8))
          .containsExactly(all[1], all[3], 0, 0, all[4], all[5], all[6], all[7]);
      assertThat(codes.positions()).containsExactly(1, 3, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0);
      // Means over what is kept: NaN elsewhere does not matter.
      assertThat(codes.errors()[0]).isCloseTo((errors[1] + errors[3]) / 2, Offset.offset(1e-5f));
      assertThat(codes.errors()[1])
          .isCloseTo((errors[4] + errors[5] + errors[6] + errors[7]) / 4, Offset.offset(1e-5f));
      assertThat(codes.errors()[2]).isZero();

      Codes alone = encode(tokenizer, Arrays.copyOf(features, POSITIONS * D));
      assertThat(alone.ids()).isEqualTo(Arrays.copyOf(codes.ids(), 4));
      assertThat(alone.positions()).isEqualTo(Arrays.copyOf(codes.positions(), 4));

      assertDecoded(tokenizer, new int[] {all[1], all[3]}, new int[] {1, 3});
      assertDecoded(tokenizer, new int[] {all[4], all[5]}, null);
      assertDecoded(tokenizer, new int[0], new int[0]);
    }
  }

  /** Whoever learns from a model's vectors sees those that are kept. */
  @ParameterizedTest
  @ValueSource(strings = {"tensorflow", "onnx"})
  void givesTheVectorsThatAreKept(String engine) throws Exception {
    float[] features = Arrays.copyOf(features(), POSITIONS * D);
    try (Bundle bundle = bundle(engine, Roles.KEPT, "kept");
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor one = tokenizer.allocate(ElementType.FLOAT32, 1, POSITIONS, D);
        NativeTensor two = tokenizer.allocate(ElementType.FLOAT32, 2, POSITIONS, D)) {
      one.write(0, features, 0, features.length);
      Latents latents = tokenizer.latents(Map.of(Roles.SIGNAL, one));
      assertThat(latents.shape()).containsExactly(2, D);
      assertThat(latents.values())
          .containsExactly(2 * features[2], 2 * features[3], 2 * features[6], 2 * features[7]);
      assertThatThrownBy(() -> tokenizer.latents(Map.of(Roles.SIGNAL, two)))
          .hasMessage(
              "Cannot take the latents of 2 samples together from tokenizer masked: each keeps"
                  + " positions of its own (take one sample after the other)");
    }
  }

  private void assertDecoded(Tokenizer tokenizer, int[] ids, int[] kept) {
    float[] expected = new float[POSITIONS * D];
    Arrays.fill(expected, -1);
    for (int i = 0; i < ids.length; i++) {
      for (int d = 0; d < D; d++) {
        expected[(kept == null ? i : kept[i]) * D + d] = codebook[ids[i] * D + d] / 2;
      }
    }
    try (NativeTensor signal = tokenizer.decode(ids, 1, new int[] {ids.length}, kept)) {
      float[] values = new float[POSITIONS * D];
      signal.read(0, values, 0, values.length);
      assertThat(values).isEqualTo(expected);
    }
  }

  @Test
  void decodesIdsAtTheirPositionsOnly() throws Exception {
    try (Bundle bundle = bundle("tensorflow", Roles.KEPT, "kept");
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      for (int[] kept : new int[][] {{1}, {1, 4}, {3, 1}, {1, 1}, {-1, 2}}) {
        assertThatThrownBy(() -> tokenizer.decode(new int[2], 1, new int[] {2}, kept))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "Cannot decode with tokenizer masked: its ids cannot stand at the positions "
                    + Arrays.toString(kept)
                    + " (one for each id along the last axis, ascending, below 4)");
      }
    }
  }

  /** The number of ids goes past the quantizer, whichever engine said it. */
  @ParameterizedTest
  @ValueSource(strings = {"tensorflow", "onnx"})
  void countsGoPastTheQuantizer(String engine) throws Exception {
    float[] features = features();
    try (Bundle bundle = bundle(engine, Roles.LENGTHS, "count");
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      Codes codes = encode(tokenizer, features);
      assertThat(codes.lengths()).containsExactly(2, 4, 0);
      assertThat(codes.positions()).isNull();
      float[] errors = new float[4];
      reference().encode(doubled(Arrays.copyOfRange(features, 8, 16)), 4, new int[4], errors);
      assertThat(codes.errors()[1])
          .isCloseTo((errors[0] + errors[1] + errors[2] + errors[3]) / 4, Offset.offset(1e-5f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensorflow", "onnx"})
  void isVerified(String engine) throws Exception {
    try (Bundle bundle = bundle(engine, Roles.KEPT, "kept")) {
      assertThat(BundleVerifier.verify(bundle)).noneMatch(Finding::isError);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensorflow", "onnx"})
  void refusesAMaskOfFloatsBeforeItRuns(String engine) throws Exception {
    try (Bundle bundle = bundle(engine, Roles.KEPT, "latents")) {
      assertThatThrownBy(() -> Tokenizers.load(bundle, TokenizerOptions.threads(1)))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              "Cannot use the output kept of tokenizer masked: its element type is float32 (cast"
                  + " it to bool)");
    }
  }
}
