package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.tokenizer.BundleCreator;
import org.tessera.pipeline.testing.SharedData;
import org.tessera.udf.spark.ModelSettings;

/** Published models with their own weights, from real files to token rows, by the main job. */
@Tag("corpus")
class RealModelsIT {
  @TempDir private Path temp;

  private final SparkSession spark = SparkForTests.session();

  private Path create(String yaml, String directory) throws Exception {
    Path bundle = temp.resolve("bundle");
    BundleCreator.create(
            new YAMLMapper().readTree(yaml), SharedData.path("models/" + directory), bundle)
        .close();
    return bundle;
  }

  private TokenizeRequest request(Path bundle, Path output, String... inputs) {
    List<String> paths = new ArrayList<>();
    for (String input : inputs) {
      paths.add(SharedData.path(input).toString());
    }
    return TokenizeRequest.of(paths, bundle.toString(), output.toString())
        .model(ModelSettings.CPU)
        .build();
  }

  /** Token rows in the order of files and segments. */
  private List<Row> tokenize(TokenizeRequest request, int samples) throws Exception {
    TokenizeResult result = new TokenizeFlow(spark, request, TokenizeListener.NONE).run();
    assertThat(result.counts().rejects()).isEmpty();
    assertThat(result.counts().value("tokenized")).isEqualTo(samples);
    assertThat(new VerifyFlow(spark, request.output()).run().findings()).isEmpty();
    return spark
        .read()
        .parquet(request.output() + "/tokens")
        .selectExpr("uri", "segment", "tokens", "shape", "start_s", "end_s")
        .orderBy("uri", "segment")
        .collectAsList();
  }

  private static List<Integer> ids(String path) throws Exception {
    NpyArray array = Npy.read(SharedData.path("models/" + path));
    List<Integer> ids = new ArrayList<>();
    for (float value : array.toFloatTensor().values()) {
      ids.add((int) value);
    }
    return ids;
  }

  private static String lyra(String path, String output) {
    return """
        name: lyra-v2
        version: "1"
        modality: audio
        models:
          - path: %s
            encode: {inputs: {signal: audio}, outputs: %s}
        output: %s
        front_end:
          - {step: mono}
          - {step: resample, rate: 16000}
          - {step: pad_multiple, samples: 320, tail: drop}
          - {step: layout, axes: [time]}
        %s
        layout: {axes: [time, level], shape: [-1, 46], radices: [16], slot_axis: level}
        prefix: {axis: level, minimum: 1}
        licence: Apache-2.0
        source: GitHub google/lyra
        """
        .formatted(
            path,
            output.equals("ids") ? "{ids: ids}" : "{latents: features}",
            output,
            output.equals("ids")
                ? ""
                : "quantizer: {family: residual, codebooks: expected/codebooks_46x16x64.npy,"
                    + " metric: euclidean, normalise: none, dequantise: stored}");
  }

  @ParameterizedTest
  @CsvSource({"saved_model, ids", "model.onnx, ids", "saved_model, latents", "model.onnx, latents"})
  void lyraGivesItsOwnIds(String path, String output) throws Exception {
    Path bundle = create(lyra(path, output), "lyra-v2-soundstream");
    String folder = "models/lyra-v2-soundstream/expected/";
    String[] clips = {folder + "sample1_16kHz.wav", folder + "sample2_16kHz.wav"};

    List<Row> rows = tokenize(request(bundle, temp.resolve("all"), clips), 2);

    for (int clip = 1; clip <= 2; clip++) {
      List<Integer> expected =
          ids("lyra-v2-soundstream/expected/sample" + clip + "_ids_tf_float.npy");
      assertThat(rows.get(clip - 1).<Integer>getList(2)).isEqualTo(expected);
      assertThat(rows.get(clip - 1).<Integer>getList(3)).containsExactly(expected.size() / 46, 46);
    }
    for (int keep : new int[] {16, 30}) {
      TokenizeRequest first = request(bundle, temp.resolve("keep" + keep), clips);
      List<Row> kept = tokenize(first.but().keep(keep).build(), 2);
      List<Integer> all = ids("lyra-v2-soundstream/expected/sample2_ids_tf_float.npy");
      List<Integer> expected = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        if (i % 46 < keep) {
          expected.add(all.get(i));
        }
      }
      assertThat(kept.get(1).<Integer>getList(2)).isEqualTo(expected);
    }
  }

  /** Windows, hop and trimming are steps; the pitch of every frame is the authors'. */
  @ParameterizedTest
  @CsvSource({
    "saved_model, input_2, contour",
    "nmp.onnx, serving_default_input_2:0, StatefulPartitionedCall:0",
  })
  void basicPitchHearsWhatItsAuthorsStored(String path, String signal, String contour)
      throws Exception {
    Path bundle =
        create(
            """
            name: basic-pitch
            version: "1"
            modality: audio
            models:
              - path: %s
                encode:
                  inputs: {signal: {tensor: "%s", shape: [43844, 1]}}
                  outputs: {logits: "%s"}
            output: logits
            front_end:
              - {step: mono}
              - {step: resample, rate: 22050, lowpass_filter_width: 64, rolloff: 0.9475937, window: kaiser, beta: 14.769656}
              - {step: pad, before: 3840}
              - {step: segment, samples: 43844, hop: 36164, starts: every, trim_front: 15, trim_back: 15}
            quantizer: {family: argmax, codes: 264}
            layout: {axes: [time], shape: [-1], radices: [264]}
            licence: Apache-2.0
            source: GitHub spotify/basic-pitch
            """
                .formatted(path, signal, contour),
            "basic-pitch");

    List<Row> rows =
        tokenize(
            request(bundle, temp.resolve("out"), "models/basic-pitch/expected/vocadito_10.wav"), 1);

    List<Integer> pitches = new ArrayList<>();
    rows.forEach(row -> pitches.addAll(row.getList(2)));
    NpyArray stored =
        Npy.read(SharedData.path("models/basic-pitch/expected/vocadito_10_contour_f16.npy"));
    float[] scores = stored.toFloatTensor().values();
    assertThat(pitches).hasSize(787).hasSize(scores.length / 264);
    for (int frame = 0; frame < pitches.size(); frame++) {
      // The stored scores are 16-bit floats; in one frame two pitches share the highest.
      float highest = 0;
      for (int bin = 0; bin < 264; bin++) {
        highest = Math.max(highest, scores[frame * 264 + bin]);
      }
      assertThat(scores[frame * 264 + pitches.get(frame)]).as("frame %d", frame).isEqualTo(highest);
    }
    assertThat(rows).hasSize(6);
    assertThat(rows.get(1).getDouble(4)).isEqualTo(36_164 / 22_050.0);
  }

  private static String taef2(String output, String decoderInput, String quantizer) {
    return """
        name: taef2
        version: "1"
        modality: image
        models:
          - path: saved_model
            encode: {inputs: {signal: image}, outputs: {%1$s: %1$s}}
            decode: {path: decoder_fp16w.onnx, inputs: {%2$s: codes}, outputs: {signal: image}}
        output: %1$s
        front_end:
          - {step: any_resolution, patch: 8, max_pixels: 65536}
          - {step: to_float, preset: unit}
        %3$s
        layout: {axes: [row, column, channel], shape: [-1, -1, 32], radices: [%4$d], slot_axis: channel}
        licence: MIT
        source: GitHub madebyollin/taesd
        """
        .formatted(output, decoderInput, quantizer, quantizer.isEmpty() ? 256 : 16);
  }

  private double psnr(Path bundle, Path output) throws Exception {
    return new ReconstructFlow(
            spark,
            new ReconstructFlow.Request(
                output.toString(),
                bundle.toString(),
                temp.resolve("pictures").toString(),
                1,
                1,
                ModelSettings.CPU))
        .run()
        .metrics()
        .get("psnr")
        .mean();
  }

  /** The authors' bytes: 256 steps a channel. One in ten thousand lies at the edge of a step. */
  @Test
  void taef2GivesItsOwnIdsAndItsPictureBack() throws Exception {
    Path bundle = create(taef2("ids", "ids", ""), "taef2");
    Path output = temp.resolve("out");

    List<Row> rows = tokenize(request(bundle, output, "models/taef2/expected/dog256.png"), 1);

    assertThat(rows.get(0).<Integer>getList(3)).containsExactly(32, 32, 32);
    List<Integer> expected = ids("taef2/expected/dog256_ids_u8.npy");
    List<Integer> made = rows.get(0).getList(2);
    int differing = 0;
    for (int i = 0; i < expected.size(); i++) {
      assertThat(Math.abs(made.get(i) - expected.get(i))).isLessThanOrEqualTo(1);
      differing += made.get(i).equals(expected.get(i)) ? 0 : 1;
    }
    assertThat(differing).isLessThanOrEqualTo(8);
    assertThat(psnr(bundle, output)).isGreaterThan(31.5);
  }

  /** Sixteen steps a channel; the decoder takes bytes, so that vectors are scaled for it. */
  @Test
  void taef2WithSixteenStepsAChannelGivesAGoodPicture() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("taef2"));
    Path model = SharedData.path("models/taef2");
    Files.createDirectory(folder.resolve("saved_model"));
    for (String file : List.of("saved_model/saved_model.pb", "decoder_fp16w.onnx")) {
      Files.copy(model.resolve(file), folder.resolve(file));
    }
    float[] identity = new float[32 * 32];
    float[] scale = new float[32 * 32];
    float[] shift = new float[32];
    for (int i = 0; i < 32; i++) {
      identity[33 * i] = 1;
      scale[33 * i] = 42.5f;
      shift[i] = 127.5f;
    }
    Npy.write(folder.resolve("in.npy"), NpyArray.of(identity, 32, 32));
    Npy.write(folder.resolve("out.npy"), NpyArray.of(scale, 32, 32));
    Npy.write(folder.resolve("shift.npy"), NpyArray.of(shift, 32));
    String quantizer =
        "quantizer: {family: projected, project_in: in.npy, project_out: out.npy,"
            + " project_out_bias: shift.npy, inner: {family: uniform_bins, dimensions: 32,"
            + " levels: 16, low: -3, high: 3, steps: points, rounding: half_even}}";
    Path bundle = temp.resolve("bundle");
    BundleCreator.create(
            new YAMLMapper().readTree(taef2("latents", "latents", quantizer)), folder, bundle)
        .close();
    Path output = temp.resolve("out");

    tokenize(request(bundle, output, "models/taef2/expected/dog256.png"), 1);

    assertThat(psnr(bundle, output)).isGreaterThan(30.5);
  }
}
