package org.tessera.pipeline.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Modality;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.BundleCreator;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.pipeline.fit.FitInput;
import org.tessera.pipeline.fit.FitReport;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.FitSpecParser;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.NameFilter;
import org.tessera.pipeline.spark.PlannedSource;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.pipeline.spark.TokenizeFlow;
import org.tessera.pipeline.spark.TokenizeListener;
import org.tessera.pipeline.spark.TokenizeRequest;
import org.tessera.pipeline.spark.TokenizeResult;
import org.tessera.pipeline.spark.VerifyFlow;
import org.tessera.pipeline.testing.SharedData;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.spark.ModelSettings;

/** Quantizers for the latents of published models with their own weights, from real files. */
@Tag("corpus")
class FitModelsIT {
  @TempDir private Path temp;

  private void encoder(String yaml, String directory) throws IOException {
    BundleCreator.create(
            new YAMLMapper().readTree(yaml),
            SharedData.path("models/" + directory),
            temp.resolve("encoder"))
        .close();
  }

  private FitReport fit(Modality modality, String learn, NameFilter filter, Path folder)
      throws IOException {
    String yaml =
        """
        name: learned
        modality: %s
        licence: MIT
        learn:
          encoder: %s
        """
            .formatted(modality.id(), learn.replace("ENCODER", temp.resolve("encoder").toString()));
    FitSpec spec = FitFlow.resolve(SparkForTests.session(), FitSpecParser.parse("spec", yaml));
    List<FitInput> inputs = new ArrayList<>();
    new InputLister(new Configuration(), filter, modality)
        .list(
            folder.toString(),
            input -> inputs.add(new FitInput(input.object().uri(), input.toJson())));
    return FitFlow.run(
        SparkForTests.session(),
        spec,
        inputs,
        PlannedSource.of(spec),
        FitOptions.to(temp.resolve("learned").toString()).withDevice("cpu"));
  }

  private static Features features(Tokenizer tokenizer, Path file) throws Exception {
    SampleInput input = SampleInput.of(file.getFileName().toString(), Files.readAllBytes(file));
    try (var segments = FrontEnds.of(tokenizer.manifest(), Limits.DEFAULT).open(input)) {
      return segments.next().signal();
    }
  }

  /** Encodes features that have a batch axis already when {@code batch} says so. */
  private static Codes encode(Tokenizer tokenizer, Features features, int batch) {
    int[] shape = features.shape();
    boolean batched = shape[0] == batch;
    long[] extents = new long[shape.length + (batched ? 0 : 1)];
    extents[0] = batch;
    for (int i = 0; i < shape.length; i++) {
      extents[extents.length - shape.length + i] = shape[i];
    }
    try (NativeTensor tensor = tokenizer.allocate(features.type(), extents)) {
      features.writeTo(tensor, 0);
      return tokenizer.encode(Map.of("signal", tensor));
    }
  }

  /** A photograph tokenizer with a decoder, from k-means alone. */
  @Test
  void taef2BecomesAVectorQuantizedTokenizerWithItsDecoder() throws Exception {
    encoder(
        """
        name: taef2
        version: "1"
        modality: image
        models:
          - path: saved_model
            encode: {inputs: {signal: image}, outputs: {latents: latents}}
            decode: {path: decoder_fp16w.onnx, inputs: {latents: codes}, outputs: {signal: image}}
        output: latents
        front_end:
          - {step: resize_center_crop, size: 256}
          - {step: to_float, preset: unit}
        quantizer:
          {family: uniform_bins, dimensions: 32, levels: 256, low: -3, high: 3, steps: points,
           rounding: half_even}
        layout: {axes: [row, column, channel], shape: [-1, -1, 32], radices: [256], slot_axis: channel}
        licence: MIT
        source: GitHub madebyollin/taesd
        """,
        "taef2");
    FitReport report =
        fit(
            Modality.IMAGE,
            """
            {bundle: ENCODER, decoder_scale: 42.5, decoder_shift: 127.5}
              quantizer: {family: residual, levels: 4, codes: 512}
              training: {passes: 8, vectors_per_sample: 400, max_vectors: 40000}
            """,
            new NameFilter(List.of("*.jpg"), List.of()),
            SharedData.path("corpus/images/clothing"));
    assertThat(report.inputsRead()).isEqualTo(128);
    assertThat(report.results()).hasSize(4).allSatisfy(it -> assertThat(it.used()).isEqualTo(512));
    try (Bundle bundle = Bundle.open(temp.resolve("learned"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(2))) {
      Features image = features(tokenizer, SharedData.path("models/taef2/expected/dog256.png"));
      Codes codes = encode(tokenizer, image, 1);
      assertThat(codes.shape()).containsExactly(4, 32, 32);
      float[] pixels = image.toFloats();
      float[] decoded = new float[pixels.length];
      try (NativeTensor signal = tokenizer.decode(codes.ids(), 1, codes.shape())) {
        signal.read(0, decoded, 0, decoded.length);
      }
      double squares = 0;
      for (int i = 0; i < pixels.length; i++) {
        squares += Math.pow(Math.min(1, Math.max(0, decoded[i])) - pixels[i], 2);
      }
      // 23.6 dB when this was written, from 36 bits a position; 16 levels a channel, 128 bits, give
      // 30.9 dB (SOURCE.md).
      assertThat(-10 * Math.log10(squares / pixels.length)).isGreaterThan(23);
      List<Row> rows = tokenize(SharedData.path("models/taef2/expected/dog256.png"), 1);
      assertThat(rows.get(0).<Integer>getList(3)).containsExactly(4, 32, 32);
      assertThat(rows.get(0).<Integer>getList(2))
          .isEqualTo(Arrays.stream(codes.ids()).boxed().toList());
    }
  }

  /** Token rows of real files by the main job with the learned bundle, by file and segment. */
  private List<Row> tokenize(Path input, int files) throws Exception {
    Path output = temp.resolve("output");
    TokenizeRequest request =
        TokenizeRequest.of(
                List.of(input.toString()), temp.resolve("learned").toString(), output.toString())
            .model(ModelSettings.CPU)
            .build();
    TokenizeResult result =
        new TokenizeFlow(SparkForTests.session(), request, TokenizeListener.NONE).run();
    assertThat(new VerifyFlow(SparkForTests.session(), request.output()).run().findings())
        .isEmpty();
    List<Row> rows =
        SparkForTests.session()
            .read()
            .parquet(output + "/tokens")
            .selectExpr("uri", "segment", "tokens", "shape", "quantization_error", "geometry")
            .orderBy("uri", "segment")
            .collectAsList();
    assertThat(result.counts().value("tokenized")).isEqualTo(files);
    assertThat(rows.stream().map(row -> row.getString(0)).distinct().count()).isEqualTo(files);
    return rows;
  }

  /** One token a patch: its points around its centre, in the unit sphere, as the model wants. */
  @Test
  void pointnetGivesOneCodeAPatch() throws Exception {
    encoder(
        """
        name: pointnet
        version: "1"
        modality: points
        models:
          - path: saved_model
            encode: {inputs: {signal: points}, outputs: {latents: embedding}}
        output: latents
        front_end:
          - {step: sample_surface, points: 4096}
          - {step: random_sample, points: 1024}
          - {step: patches, groups: 16, neighbours: 128, scale: unit_sphere, shape: segments}
        quantizer: {family: uniform_bins, dimensions: 256, levels: 16, low: 0, high: 8, steps: intervals}
        layout: {axes: [channel], shape: [256], radices: [16], slot_axis: channel}
        licence: MIT
        source: GitHub vinits5/learning3d
        """,
        "pointnet-modelnet40");
    Path corpus = SharedData.path("corpus/pointclouds/trimesh");
    FitReport report =
        fit(
            Modality.POINTS,
            """
            ENCODER
              transform: {kind: pca, dimensions: 8}
              quantizer: {family: vq, codes: 24}
              training: {passes: 8, max_reject_rate: 0.5}
            """,
            NameFilter.ALL,
            corpus);
    assertThat(report.vectors()).isEqualTo(report.samples());
    assertThat(report.vectors() % 16).isZero();
    assertThat(report.keptVariance()).isGreaterThan(0.75);
    assertThat(report.results().get(0).used()).isEqualTo(24);

    List<Row> rows = tokenize(corpus, (int) report.vectors() / 16);

    assertThat(rows).hasSize((int) report.vectors());
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.<Integer>getList(3)).containsExactly(1);
              assertThat(row.<Integer>getList(2)).hasSize(1).allMatch(id -> id >= 0 && id < 24);
              assertThat(row.<Float>getList(4)).hasSize(1);
              assertThat(row.getString(5)).contains("\"centers\"", "\"radii\"");
            });
    // The same vectors that were learned from: every code occurs, and no pass is far from its loss.
    assertThat(rows.stream().map(row -> row.<Integer>getList(2).get(0)).distinct().count())
        .isEqualTo(24);
    double error =
        rows.stream().mapToDouble(row -> row.<Float>getList(4).get(0)).average().orElse(9);
    assertThat(error).isCloseTo(report.results().get(0).loss(), Percentage.withPercentage(0.1));
  }

  @Test
  void eegnetGivesCodesForAWindowsTimeSteps() throws Exception {
    // The file has 32 of the 60 channels that the model was trained with.
    String channels =
        IntStream.rangeClosed(1, 60)
            .mapToObj(i -> String.format(Locale.ROOT, "EEG %03d", i))
            .collect(Collectors.joining(", "));
    encoder(
        """
        name: eegnet
        version: "1"
        modality: eeg
        models:
          - path: saved_model
            encode: {inputs: {signal: eeg}, outputs: {latents: features}}
        output: latents
        front_end:
          - {step: channels, select: [CHANNELS], missing: zero}
          - {step: filter, low_hz: 2}
          - {step: resample, rate_hz: 150}
          - {step: scale, unit: mV}
          - {step: windows, samples: 151, stride_samples: 15}
        quantizer: {family: uniform_bins, dimensions: 16, levels: 16, low: -4, high: 4, steps: intervals}
        layout: {axes: [time, channel], shape: [4, 16], radices: [16], slot_axis: channel}
        licence: CC0-1.0
        source: GitHub vlawhern/arl-eegmodels
        """
            .replace("CHANNELS", channels),
        "eegnet-8-2");
    Path recording = SharedData.path("corpus/eeg/mne-python/test_bin_raw.fif");
    FitReport report =
        fit(
            Modality.EEG,
            """
            ENCODER
              quantizer: {family: residual, levels: 2, codes: 16}
              training: {passes: 8}
            """,
            NameFilter.ALL,
            recording);
    assertThat(report.vectors()).isEqualTo(4 * report.samples()).isGreaterThan(200);
    assertThat(report.results()).hasSize(2).allSatisfy(it -> assertThat(it.used()).isEqualTo(16));
    try (Bundle bundle = Bundle.open(temp.resolve("learned"))) {
      assertThat(bundle.manifest().layout().axes()).containsExactly("level", "time");
      assertThat(bundle.manifest().layout().shape()).containsExactly(2, 4);
    }

    List<Row> rows = tokenize(recording, 1);

    assertThat(rows).hasSize((int) report.samples());
    assertThat(rows).allSatisfy(row -> assertThat(row.<Integer>getList(3)).containsExactly(2, 4));
    double error =
        rows.stream().mapToDouble(row -> row.<Float>getList(4).get(1)).average().orElse(9);
    assertThat(error).isCloseTo(report.results().get(1).loss(), Percentage.withPercentage(0.1));
  }
}
