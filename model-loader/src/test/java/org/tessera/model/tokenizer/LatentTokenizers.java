package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
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
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.tensorflow.TestSavedModels;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.Quantizers;

/** Latents from a model that doubles its input, through quantizers made by the reference. */
abstract class LatentTokenizers {
  static final int LEVELS = 3;
  static final int CODES = 16;
  static final int DIMENSIONS = 4;

  @TempDir Path temporary;
  final Random random = new Random(5);
  final float[] codebooks = floats(LEVELS * CODES * DIMENSIONS);

  float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  static QuantizerSpec residual() {
    return new QuantizerSpec(
        "residual",
        new TreeMap<>(
            Map.of(
                "codebooks", "codebooks.npy",
                "metric", "euclidean",
                "normalise", "none",
                "dequantise", "stored")));
  }

  Quantizer reference() {
    return Quantizers.of(residual(), name -> FloatTensor.of(codebooks, LEVELS, CODES, DIMENSIONS));
  }

  Bundle bundle(int rank, TensorSpec encodeLatents, TensorSpec decodeLatents, TokenLayout layout)
      throws Exception {
    return bundle(rank, encodeLatents, decodeLatents, layout, 0);
  }

  Bundle bundle(
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

  static TokenLayout layout(String... axes) {
    List<Integer> shape =
        java.util.Arrays.stream(axes).map(axis -> axis.equals("level") ? LEVELS : -1).toList();
    return new TokenLayout(List.of(axes), shape, List.of(CODES), "level", List.of());
  }

  /** Quantizes doubled features with the reference: {@code count × LEVELS}. */
  int[] expected(float[] features) {
    float[] latents = features.clone();
    for (int i = 0; i < latents.length; i++) {
      latents[i] *= 2;
    }
    int count = latents.length / DIMENSIONS;
    int[] ids = new int[count * LEVELS];
    reference().encode(latents, count, ids, null);
    return ids;
  }

  static Codes encode(Tokenizer tokenizer, float[] features, long... shape) {
    try (NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, shape)) {
      tensor.write(0, features, 0, features.length);
      return tokenizer.encode(Map.of(Roles.SIGNAL, tensor));
    }
  }

  /** The decoder's signal is half the sum of the codes. */
  void assertDecodes(Tokenizer tokenizer, Codes codes) {
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
}
