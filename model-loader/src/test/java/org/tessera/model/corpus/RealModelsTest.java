package org.tessera.model.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Roles;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.testing.SharedData;
import org.tessera.model.tokenizer.BundleCreator;
import org.tessera.model.tokenizer.BundleVerifier;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;

/** Published models with their own weights, through bundles as a user makes them. */
@Tag("corpus")
class RealModelsTest {
  private static final int LEVELS = 46;
  private static final int FRAME = 320;

  @TempDir Path temporary;

  private Bundle create(String yaml, String directory) throws Exception {
    JsonNode spec = new YAMLMapper().readTree(yaml);
    return BundleCreator.create(
        spec, SharedData.path("models/" + directory), temporary.resolve("bundle.zip"));
  }

  private static Codes encode(Tokenizer tokenizer, float[] signal, long... shape) {
    try (NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, shape)) {
      tensor.write(0, signal, 0, signal.length);
      return tokenizer.encode(Map.of(Roles.SIGNAL, tensor));
    }
  }

  /** 16-bit samples over 32768, cut to whole frames. */
  private static float[] speech(int clip) throws Exception {
    Path file = SharedData.path("models/lyra-v2-soundstream/expected/sample" + clip + "_16kHz.wav");
    try (AudioInputStream in = AudioSystem.getAudioInputStream(file.toFile())) {
      byte[] bytes = in.readAllBytes();
      float[] samples = new float[bytes.length / 2 / FRAME * FRAME];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (short) ((bytes[2 * i] & 0xff) | (bytes[2 * i + 1] << 8)) / 32768f;
      }
      return samples;
    }
  }

  private static int[] ints(String path) throws Exception {
    NpyArray array = Npy.read(SharedData.path("models/" + path));
    float[] values = array.toFloatTensor().values();
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) values[i];
    }
    return ints;
  }

  private static int[] expectedSpeech(int clip) throws Exception {
    return ints("lyra-v2-soundstream/expected/sample" + clip + "_ids_tf_float.npy");
  }

  private static String lyra(String path, String output) {
    String outputs = output.equals("ids") ? "{ids: ids}" : "{latents: features}";
    String quantizer =
        output.equals("ids")
            ? ""
            : """
              quantizer:
                family: residual
                codebooks: expected/codebooks_46x16x64.npy
                metric: euclidean
                normalise: none
                dequantise: stored
              """;
    return """
        name: lyra-v2
        version: "1"
        modality: audio
        models:
          - path: %s
            encode: {inputs: {signal: audio}, outputs: %s}
        output: %s
        %slayout: {axes: [time, level], shape: [-1, 46], radices: [16], slot_axis: level}
        prefix: {axis: level, minimum: 1}
        licence: Apache-2.0
        source: GitHub google/lyra
        """
        .formatted(path, outputs, output, quantizer);
  }

  /** Ids of the whole clip, of both clips as one batch, and of the first levels: all exact. */
  @ParameterizedTest
  @CsvSource({
    "saved_model, ids",
    "model.onnx, ids",
    "saved_model, latents",
    "model.onnx, latents",
  })
  void lyraGivesTheExpectedIds(String path, String output) throws Exception {
    try (Bundle bundle = create(lyra(path, output), "lyra-v2-soundstream")) {
      assertThat(BundleVerifier.verify(bundle)).isEmpty();
      try (Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        for (int clip = 1; clip <= 2; clip++) {
          float[] samples = speech(clip);
          assertThat(encode(tokenizer, samples, 1, samples.length).ids())
              .isEqualTo(expectedSpeech(clip));
        }
        int frames = speech(2).length / FRAME;
        float[] both = Arrays.copyOf(speech(1), 2 * frames * FRAME);
        System.arraycopy(speech(2), 0, both, frames * FRAME, frames * FRAME);
        int[] ids = encode(tokenizer, both, 2, frames * FRAME).ids();
        // The encoder is causal: a longer clip begins with the same ids.
        assertThat(Arrays.copyOf(ids, frames * LEVELS))
            .isEqualTo(Arrays.copyOf(expectedSpeech(1), frames * LEVELS));
        assertThat(Arrays.copyOfRange(ids, frames * LEVELS, ids.length))
            .isEqualTo(expectedSpeech(2));
      }
      for (int keep : new int[] {16, 30}) {
        try (Tokenizer tokenizer =
            Tokenizers.load(bundle, TokenizerOptions.threads(1).keeping(keep))) {
          float[] samples = speech(2);
          Codes codes = encode(tokenizer, samples, 1, samples.length);
          int[] all = expectedSpeech(2);
          int[] first = new int[all.length / LEVELS * keep];
          for (int i = 0; i < first.length; i++) {
            first[i] = all[i / keep * LEVELS + i % keep];
          }
          assertThat(codes.ids()).isEqualTo(first);
          assertThat(codes.shape()).containsExactly(samples.length / FRAME, keep);
        }
      }
    }
  }

  private static String basicPitch(String path, String signal, String contour) {
    return """
        name: basic-pitch
        version: "1"
        modality: audio
        models:
          - path: %s
            encode:
              inputs: {signal: {tensor: "%s", shape: [43844, 1]}}
              outputs: {logits: "%s"}
        output: logits
        quantizer: {family: argmax, codes: 264}
        layout: {axes: [time], shape: [172], radices: [264]}
        licence: Apache-2.0
        source: GitHub spotify/basic-pitch
        """
        .formatted(path, signal, contour);
  }

  /**
   * The authors' own Keras export: variables, 104 functions, saver operations. A tone's ids follow
   * from its frequency: three bins a semitone from A0.
   */
  @ParameterizedTest
  @CsvSource({
    "saved_model, input_2, contour",
    "nmp.onnx, serving_default_input_2:0, StatefulPartitionedCall:0",
  })
  void basicPitchHearsTones(String path, String signal, String contour) throws Exception {
    try (Bundle bundle = create(basicPitch(path, signal, contour), "basic-pitch")) {
      assertThat(BundleVerifier.verify(bundle)).isEmpty();
      try (Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        double[] frequencies = {220, 440, 523.2511};
        int[] bins = {36 * 3, 48 * 3, 51 * 3};
        float[] samples = new float[3 * 43_844];
        for (int i = 0; i < samples.length; i++) {
          double t = i % 43_844 / 22_050d;
          double phase = 2 * Math.PI * frequencies[i / 43_844] * t;
          samples[i] = (float) (.4 * Math.sin(phase) + .2 * Math.sin(2 * phase));
        }
        Codes codes = encode(tokenizer, samples, 3, 43_844);
        assertThat(codes.shape()).containsExactly(172);
        for (int tone = 0; tone < 3; tone++) {
          int[] middle = Arrays.copyOfRange(codes.ids(), tone * 172 + 20, tone * 172 + 150);
          int bin = bins[tone];
          assertThat(Arrays.stream(middle).filter(id -> Math.abs(id - bin) <= 1).count())
              .isGreaterThanOrEqualTo(125);
        }
      }
    }
  }

  private static final String TAEF2 =
      """
      name: taef2
      version: "1"
      modality: image
      models:
        - path: %s
          encode: {inputs: {signal: image}, outputs: {ids: ids}}
          decode: {path: decoder_fp16w.onnx, inputs: {ids: codes}, outputs: {signal: image}}
      output: ids
      layout: {axes: [row, column, channel], shape: [-1, -1, 32], radices: [256]}
      licence: MIT
      source: GitHub madebyollin/taesd
      """;

  /** The SavedModel or the ONNX file encodes, the ONNX decoder leads back. */
  @ParameterizedTest
  @ValueSource(strings = {"saved_model", "encoder_fp16w.onnx"})
  void taef2EncodesAndDecodesAPhotograph(String path) throws Exception {
    BufferedImage image =
        ImageIO.read(SharedData.path("models/taef2/expected/dog256.png").toFile());
    float[] pixels = new float[256 * 256 * 3];
    for (int i = 0; i < 256 * 256; i++) {
      int rgb = image.getRGB(i % 256, i / 256);
      for (int c = 0; c < 3; c++) {
        pixels[3 * i + c] = ((rgb >> (16 - 8 * c)) & 0xff) / 255f;
      }
    }
    int[] expected = ints("taef2/expected/dog256_ids_u8.npy");
    try (Bundle bundle = create(TAEF2.formatted(path), "taef2");
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(2))) {
      Codes codes = encode(tokenizer, pixels, 1, 256, 256, 3);
      assertThat(codes.shape()).containsExactly(32, 32, 32);
      int different = 0;
      for (int i = 0; i < expected.length; i++) {
        assertThat(Math.abs(codes.ids()[i] - expected[i])).isLessThanOrEqualTo(1);
        different += codes.ids()[i] == expected[i] ? 0 : 1;
      }
      // Its SOURCE.md: 99.991 % equal between engines, the rest at a rounding edge.
      assertThat(different).isLessThanOrEqualTo(10);
      assertThat(psnr(tokenizer, codes, pixels)).isGreaterThan(31.8);
    }
  }

  private static double psnr(Tokenizer tokenizer, Codes codes, float[] pixels) {
    float[] decoded = new float[pixels.length];
    try (NativeTensor signal = tokenizer.decode(codes.ids(), 1, codes.shape())) {
      signal.read(0, decoded, 0, decoded.length);
    }
    double square = 0;
    for (int i = 0; i < pixels.length; i++) {
      double difference = Math.min(1, Math.max(0, decoded[i])) - pixels[i];
      square += difference * difference;
    }
    return -10 * Math.log10(square / pixels.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"saved_model", "model.onnx"})
  void pointnetGivesTheExpectedClasses(String path) throws Exception {
    String spec =
        """
        name: pointnet
        version: "1"
        modality: points
        models:
          - path: %s
            encode: {inputs: {signal: points}, outputs: {ids: ids}}
        output: ids
        layout: {axes: [position], shape: [1], radices: [40]}
        licence: MIT
        source: GitHub vinits5/learning3d
        """;
    float[] points =
        Npy.read(SharedData.path("models/pointnet-modelnet40/expected/shapes_points.npy"))
            .toFloatTensor()
            .values();
    float[] logits =
        Npy.read(SharedData.path("models/pointnet-modelnet40/expected/shapes_logits.npy"))
            .toFloatTensor()
            .values();
    int[] expected = new int[8];
    for (int i = 0; i < logits.length; i++) {
      int best = i / 40 * 40 + expected[i / 40];
      expected[i / 40] = logits[i] > logits[best] ? i % 40 : expected[i / 40];
    }
    try (Bundle bundle = create(spec.formatted(path), "pointnet-modelnet40");
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      assertThat(encode(tokenizer, points, 8, 1024, 3).ids()).isEqualTo(expected);
      for (int i = 0; i < 8; i++) {
        float[] one = Arrays.copyOfRange(points, i * 3072, (i + 1) * 3072);
        assertThat(encode(tokenizer, one, 1, 1024, 3).ids()).containsExactly(expected[i]);
      }
    }
  }

  @Test
  void eegnetIsTheSameInBothEngines() throws Exception {
    String spec =
        """
        name: eegnet
        version: "1"
        modality: eeg
        models:
          - path: %s
            encode: {inputs: {signal: eeg}, outputs: {ids: ids}}
        output: ids
        layout: {axes: [position], shape: [1], radices: [4]}
        licence: CC0-1.0
        source: GitHub vlawhern/arl-eegmodels
        """;
    Random random = new Random(3);
    float[] signal = new float[32 * 60 * 151];
    for (int i = 0; i < signal.length; i++) {
      signal[i] = (float) random.nextGaussian() * .01f;
    }
    int[][] ids = new int[2][];
    String[] paths = {"saved_model", "model.onnx"};
    for (int i = 0; i < 2; i++) {
      JsonNode tree = new YAMLMapper().readTree(spec.formatted(paths[i]));
      try (Bundle bundle =
              BundleCreator.create(
                  tree, SharedData.path("models/eegnet-8-2"), temporary.resolve("eeg" + i));
          Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        ids[i] = encode(tokenizer, signal, 32, 60, 151).ids();
      }
    }
    assertThat(ids[0]).isEqualTo(ids[1]);
    assertThat(Arrays.stream(ids[0]).distinct().count()).isGreaterThan(1);
  }
}
