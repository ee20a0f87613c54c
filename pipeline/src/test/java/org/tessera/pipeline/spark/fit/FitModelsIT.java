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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Modality;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.Npy;
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
import org.tessera.pipeline.testing.SharedData;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleInput;

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
        new PlannedSource(modality, spec.frontEnd()),
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
    }
  }

  @Test
  void pointnetGivesOneCodeAShape() throws Exception {
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
          - {step: random_sample, points: 256}
          - {step: center}
          - {step: scale_unit_sphere}
        quantizer: {family: uniform_bins, dimensions: 256, levels: 16, low: 0, high: 8, steps: intervals}
        layout: {axes: [channel], shape: [256], radices: [16], slot_axis: channel}
        licence: MIT
        source: GitHub vinits5/learning3d
        """,
        "pointnet-modelnet40");
    FitReport report =
        fit(
            Modality.POINTS,
            """
            ENCODER
              transform: {kind: pca, dimensions: 8}
              quantizer: {family: vq, codes: 12}
              training: {passes: 8, max_reject_rate: 0.5}
            """,
            NameFilter.ALL,
            SharedData.path("corpus/pointclouds"));
    assertThat(report.vectors()).isEqualTo(report.samples()).isGreaterThan(30);
    assertThat(report.keptVariance()).isGreaterThan(0.9);
    assertThat(report.results().get(0).used()).isEqualTo(12);
    try (Bundle bundle = Bundle.open(temp.resolve("learned"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(2))) {
      assertThat(tokenizer.manifest().layout().axes()).containsExactly("level");
      FloatTensor shapes =
          Npy.read(SharedData.path("models/pointnet-modelnet40/expected/shapes_points.npy"))
              .toFloatTensor();
      Codes codes = encode(tokenizer, new FloatFeatures(shapes.values(), 8, 1024, 3), 8);
      assertThat(codes.ids()).hasSize(8);
      assertThat(Arrays.stream(codes.ids()).distinct().count()).isGreaterThan(2);
    }
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
    FitReport report =
        fit(
            Modality.EEG,
            """
            ENCODER
              quantizer: {family: residual, levels: 2, codes: 16}
              training: {passes: 8}
            """,
            new NameFilter(List.of("test_bin_raw.fif"), List.of()),
            SharedData.path("corpus/eeg/mne-python"));
    assertThat(report.vectors()).isEqualTo(4 * report.samples()).isGreaterThan(200);
    assertThat(report.results()).hasSize(2).allSatisfy(it -> assertThat(it.used()).isEqualTo(16));
    try (Bundle bundle = Bundle.open(temp.resolve("learned"))) {
      assertThat(bundle.manifest().layout().axes()).containsExactly("level", "time");
      assertThat(bundle.manifest().layout().shape()).containsExactly(2, 4);
    }
  }
}
