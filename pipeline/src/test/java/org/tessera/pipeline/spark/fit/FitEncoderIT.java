package org.tessera.pipeline.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.Finding;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.BundleVerifier;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.pipeline.fit.FitInput;
import org.tessera.pipeline.fit.FitReport;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.FitSpecException;
import org.tessera.pipeline.fit.FitSpecParser;
import org.tessera.pipeline.spark.SavedModels;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.pipeline.spark.TokenizeFlow;
import org.tessera.pipeline.spark.TokenizeListener;
import org.tessera.pipeline.spark.TokenizeRequest;

/** Quantizers for the latents of an encoder whose latents are known: half of its input. */
class FitEncoderIT {
  private static final int D = RowsSource.DIMENSIONS;

  @TempDir private Path temp;

  /** Latents are half the rows with the channel first; the decoder takes ten times them plus 5. */
  private Path rowsEncoder() throws Exception {
    Path target = temp.resolve("encoder");
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        BundleWriter writer = BundleWriter.to(target)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> rows = floats(tf, -1, -1, D);
      Operand<TFloat32> latents =
          tf.linalg.transpose(
              tf.math.mul(rows, tf.constant(0.5f)), tf.constant(new int[] {0, 2, 1}));
      Placeholder<TFloat32> codes = floats(tf, -1, D, -1);
      Operand<TFloat32> back =
          tf.linalg.transpose(
              tf.math.mul(tf.math.sub(codes, tf.constant(5f)), tf.constant(0.2f)),
              tf.constant(new int[] {0, 2, 1}));
      SavedModels.export(
          session,
          writer,
          Signature.builder("encode").input("rows", rows).output("half", latents).build(),
          Signature.builder("decode").input("codes", codes).output("rows", back).build());
      TensorSpec half = TensorSpec.of("half").withAxes(List.of("batch", "channel", "time"));
      TensorSpec taken = TensorSpec.of("codes").withAxes(List.of("batch", "channel", "time"));
      ModelSpec model =
          ModelSpec.of(
                  "tensorflow", "model", signature("encode", "signal", "rows", "latents", half))
              .withDecode(
                  new SignatureSpec(
                      "decode",
                      new TreeMap<>(Map.of("latents", taken)),
                      new TreeMap<>(Map.of("signal", TensorSpec.of("rows")))));
      writer.finish(
          manifest("rows", model)
              .step(new Step("some_step", new TreeMap<>()))
              .layout(
                  new TokenLayout(
                      List.of("channel", "time"),
                      List.of(D, -1),
                      List.of(16),
                      "channel",
                      List.of())));
    }
    return target;
  }

  /** One vector a sample: the mean of its rows. */
  private Path meanEncoder() throws Exception {
    return meanEncoder(
        "mean-encoder",
        manifest("mean", meanModel())
            .layout(
                new TokenLayout(
                    List.of("channel"), List.of(D), List.of(16), "channel", List.of())));
  }

  private static ModelSpec meanModel() {
    return ModelSpec.of(
        "tensorflow",
        "model",
        signature("encode", "signal", "rows", "latents", TensorSpec.of("mean")));
  }

  private Path meanEncoder(String folder, TokenizerManifest.Builder manifest) throws Exception {
    Path target = temp.resolve(folder);
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        BundleWriter writer = BundleWriter.to(target)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> rows = floats(tf, -1, -1, D);
      Signature encode =
          Signature.builder("encode")
              .input("rows", rows)
              .output("mean", tf.math.mean(rows, tf.constant(1)))
              .build();
      SavedModels.export(session, writer, encode);
      writer.finish(manifest);
    }
    return target;
  }

  /** The first four rows, of which it keeps those that begin with a positive number. */
  private Path maskedEncoder() throws Exception {
    Path target = temp.resolve("masked-encoder");
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        BundleWriter writer = BundleWriter.to(target)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> rows = floats(tf, -1, -1, D);
      Operand<TFloat32> first =
          tf.slice(rows, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {-1, 4, -1}));
      var kept = tf.math.greater(tf.gather(first, tf.constant(0), tf.constant(2)), tf.constant(0f));
      var latents = tf.select(tf.expandDims(kept, tf.constant(2)), first, tf.constant(Float.NaN));
      SavedModels.export(
          session,
          writer,
          Signature.builder("encode")
              .input("rows", rows)
              .output("first", latents)
              .output("kept", kept)
              .build());
      SignatureSpec encode =
          SignatureSpec.of(
              "encode", Map.of("signal", "rows"), Map.of("latents", "first", "kept", "kept"));
      writer.finish(
          manifest("masked", ModelSpec.of("tensorflow", "model", encode))
              .layout(
                  new TokenLayout(
                      List.of("channel", "position"),
                      List.of(D, 4),
                      List.of(16),
                      "channel",
                      List.of())));
    }
    return target;
  }

  private static Placeholder<TFloat32> floats(Ops tf, long... shape) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
  }

  private static SignatureSpec signature(
      String name, String input, String inputTensor, String output, TensorSpec outputTensor) {
    return new SignatureSpec(
        name,
        new TreeMap<>(Map.of(input, TensorSpec.of(inputTensor))),
        new TreeMap<>(Map.of(output, outputTensor)));
  }

  private static TokenizerManifest.Builder manifest(String name, ModelSpec model) {
    return TokenizerManifest.builder(name, Modality.EEG)
        .model(model)
        .output(ModelOutput.LATENTS)
        .quantizer(
            new QuantizerSpec(
                "uniform_bins",
                new TreeMap<>(
                    Map.of(
                        "dimensions",
                        D,
                        "levels",
                        16,
                        "low",
                        -50,
                        "high",
                        50,
                        "steps",
                        "intervals"))))
        .licence("MIT");
  }

  private FitSpec spec(String encoder, String quantizer) throws IOException {
    String yaml =
        """
        name: learned
        modality: eeg
        licence: MIT
        learn:
          encoder: %s
          quantizer: %s
          training: {passes: 4, block: 64}
        """
            .formatted(encoder, quantizer);
    return FitFlow.resolve(SparkForTests.session(), FitSpecParser.parse("spec", yaml));
  }

  private FitReport fit(FitSpec spec, String output, int partitions) throws IOException {
    List<FitInput> inputs =
        IntStream.range(0, 100).mapToObj(i -> FitInput.of("input" + i)).toList();
    return FitFlow.run(
        SparkForTests.session(),
        spec,
        inputs,
        new RowsSource(),
        FitOptions.to(temp.resolve(output).toString())
            .withPartitions(partitions)
            .withDriverBytes(partitions == 3 ? 0 : FitOptions.AUTO));
  }

  @Test
  void learnsResidualCodesAndDecodesThroughTheEncodersDecoder() throws Exception {
    FitSpec spec =
        spec(
            "{bundle: %s, decoder_scale: 10, decoder_shift: 5}".formatted(rowsEncoder()),
            "{family: residual, levels: 2, codes: 64}");
    assertThat(spec.frontEnd()).extracting(Step::name).containsExactly("some_step");
    FitReport report = fit(spec, "learned", 3);
    assertThat(fit(spec, "again", 1).passes()).isEqualTo(report.passes());

    try (Bundle bundle = Bundle.open(temp.resolve("learned"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      TokenizerManifest manifest = tokenizer.manifest();
      assertThat(manifest.layout().axes()).containsExactly("level", "time");
      assertThat(manifest.layout().shape()).containsExactly(2, -1);
      assertThat(manifest.frontEnd()).isEqualTo(spec.frontEnd());
      assertThat(manifest.source()).startsWith("learned by tessera fit from the latents of rows 1");
      double squares = 0;
      int values = 0;
      for (int i = 0; i < 100; i++) {
        float[] rows = RowsSource.sample("input" + i + "#0").features().toFloats();
        float[] back = roundTrip(tokenizer, rows);
        for (int j = 0; j < rows.length; j++) {
          squares += Math.pow(rows[j] - back[j], 2);
        }
        values += rows.length;
      }
      // The loss is that of the latents, half the rows.
      double expected = 4 * report.results().get(1).loss();
      assertThat(squares / values).isCloseTo(expected, within(0.05 * expected));
    }
  }

  private static float[] roundTrip(Tokenizer tokenizer, float[] rows) {
    try (NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, 1, rows.length / D, D)) {
      tensor.write(0, rows, 0, rows.length);
      Codes codes = tokenizer.encode(Map.of("signal", tensor));
      try (NativeTensor signal = tokenizer.decode(codes.ids(), 1, codes.shape())) {
        float[] back = new float[rows.length];
        signal.read(0, back, 0, back.length);
        return back;
      }
    }
  }

  @Test
  void learnsOneCodeForASampleWithOneVector() throws Exception {
    FitReport report = fit(spec(meanEncoder().toString(), "{family: vq, codes: 16}"), "learned", 2);
    assertThat(report.vectors()).isEqualTo(200);
    assertThat(report.results().get(0).used()).isEqualTo(16);
    try (Bundle bundle = Bundle.open(temp.resolve("learned"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, 2, 7, D)) {
      assertThat(tokenizer.manifest().layout().axes()).containsExactly("level");
      assertThat(tokenizer.manifest().layout().radices()).containsExactly(16);
      Codes codes = tokenizer.encode(Map.of("signal", tensor));
      assertThat(codes.ids()).hasSize(2);
      assertThat(codes.ids()[0]).isEqualTo(codes.ids()[1]).isBetween(0, 15);
      assertThat(tokenizer.decodable()).isFalse();
    }
  }

  /** An encoder needs no quantizer of its own; what is learned is the same. */
  @Test
  void learnsFromAnEncoderWithoutAQuantizer() throws Exception {
    Path encoder =
        meanEncoder(
            "no-quantizer",
            TokenizerManifest.builder("mean", Modality.EEG)
                .model(meanModel())
                .output(ModelOutput.LATENTS)
                .layout(
                    new TokenLayout(List.of("level"), List.of(1), List.of(), "level", List.of()))
                .licence("MIT"));
    assertThat(BundleVerifier.verify(encoder)).noneMatch(Finding::isError);
    String quantizer = "{family: residual, levels: 2, codes: 16}";
    FitReport report = fit(spec(encoder.toString(), quantizer), "learned", 2);
    assertThat(report.passes())
        .isEqualTo(fit(spec(meanEncoder().toString(), quantizer), "with-one", 2).passes());
    try (Bundle bundle = Bundle.open(temp.resolve("learned"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, 2, 7, D)) {
      assertThat(tokenizer.manifest().layout())
          .isEqualTo(
              new TokenLayout(List.of("level"), List.of(2), List.of(16), "level", List.of()));
      assertThat(tokenizer.encode(Map.of("signal", tensor)).ids()).hasSize(4);
    }
    TokenizeRequest request =
        TokenizeRequest.of(
                List.of(temp.toString()), encoder.toString(), temp.resolve("out").toString())
            .build();
    assertThatThrownBy(
            () -> new TokenizeFlow(SparkForTests.session(), request, TokenizeListener.NONE).run())
        .hasMessage(
            "Cannot make tokens with mean 1: it has no quantizer (learn one with tessera fit, whose"
                + " learn.encoder it can be, or name one in its manifest)");
  }

  @Test
  void learnsFromTheVectorsThatAreKept() throws Exception {
    FitSpec spec = spec(maskedEncoder().toString(), "{family: residual, levels: 2, codes: 8}");
    FitReport report = fit(spec, "learned", 2);
    long kept = 0;
    for (int i = 0; i < 200; i++) {
      float[] rows = RowsSource.sample("input" + i / 2 + "#" + i % 2).features().toFloats();
      kept += IntStream.range(0, 4).filter(row -> rows[row * D] > 0).count();
    }
    assertThat(report.vectors()).isEqualTo(kept);
    float[] rows = RowsSource.sample("input0#0").features().toFloats();
    int[] positive = IntStream.range(0, 4).filter(row -> rows[row * D] > 0).toArray();
    try (Bundle bundle = Bundle.open(temp.resolve("learned"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, 1, rows.length / D, D)) {
      assertThat(tokenizer.manifest().layout().axes()).containsExactly("level", "position");
      tensor.write(0, rows, 0, rows.length);
      Codes codes = tokenizer.encode(Map.of("signal", tensor));
      assertThat(codes.lengths()).containsExactly(positive.length);
      assertThat(codes.positions()).startsWith(positive);
    }
  }

  @Test
  void refusesBundlesWithoutLatents() throws Exception {
    fit(spec(meanEncoder().toString(), "{family: vq, codes: 16}"), "learned", 2);
    FitSpec plain =
        FitSpecParser.parse(
            "plain",
            """
            name: plain
            modality: eeg
            licence: MIT
            front_end: []
            learn: {vectors: {kind: rows}, quantizer: {family: vq, codes: 4}}
            """);
    fit(plain, "plain", 2);
    assertThatThrownBy(() -> spec(temp.resolve("plain").toString(), "{family: vq, codes: 16}"))
        .isInstanceOf(FitSpecException.class)
        .hasMessage(
            "Cannot use fit specification learned: learn.encoder: "
                + temp.resolve("plain")
                + " returns ids (give a bundle whose model returns latents)");
    assertThatThrownBy(() -> spec(temp.resolve("nothing").toString(), "{family: vq, codes: 16}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot open bundle")
        .hasMessageContaining("nothing is there");
  }
}
