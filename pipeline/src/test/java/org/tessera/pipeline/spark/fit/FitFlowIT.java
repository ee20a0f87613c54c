package org.tessera.pipeline.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.pipeline.fit.FitException;
import org.tessera.pipeline.fit.FitInput;
import org.tessera.pipeline.fit.FitListener;
import org.tessera.pipeline.fit.FitReport;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.FitSpecParser;
import org.tessera.pipeline.fit.PassReport;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.udf.sample.Sha256;

class FitFlowIT {
  private static final String SPEC =
      """
      name: rows-rvq
      modality: eeg
      licence: MIT
      front_end: []
      learn:
        vectors: {kind: rows, axis: time}
        transform: {kind: pca, dimensions: 10}
        quantizer: {family: residual, levels: 2, codes: [32, 16]}
        training: {passes: 4, block: 64, max_vectors: 5000, vectors_per_sample: 40, seed: 3}
      """;

  @TempDir private Path temp;

  @Test
  void learnsTheSameWhereverTheVectorsLie() throws IOException {
    FitReport one = fit("one", 1, 0, FitListener.NONE);
    FitReport many = fit("many", 7, 0, FitListener.NONE);
    assertThat(files(temp.resolve("many"))).isEqualTo(files(temp.resolve("one")));
    assertThat(many.passes()).isEqualTo(one.passes());

    // 240,000 bytes as they are read, 200,000 on their principal axes.
    for (long driverBytes : new long[] {210_000, FitOptions.AUTO}) {
      String name = "driver" + driverBytes;
      FitReport driver = fit(name, 7, driverBytes, FitListener.NONE);
      assertThat(files(temp.resolve(name))).isEqualTo(files(temp.resolve("one")));
      assertThat(driver.passes()).isEqualTo(one.passes());
    }
    assertThat(many.vectors()).isEqualTo(5000);
    assertThat(many.results()).extracting(PassReport::used).containsExactly(32, 16);
    assertThat(many.results()).extracting(PassReport::codes).containsExactly(32, 16);
    // Ten of eleven independent variances, the smallest being left out.
    assertThat(many.keptVariance()).isCloseTo(1 - 4.0 / (654 - 36), within(0.01));
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).hasSize(4);
    }
  }

  @Test
  void theBundleGivesIdsThatDoNotDependOnTheBatch() throws IOException {
    FitReport report = fit("bundle", 2, FitListener.NONE);
    try (Bundle bundle = Bundle.open(temp.resolve("bundle"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(2))) {
      assertThat(tokenizer.fingerprint()).isEqualTo(report.fingerprint());
      assertThat(tokenizer.manifest().layout().axes()).containsExactly("level", "time");
      assertThat(tokenizer.manifest().layout().shape()).containsExactly(2, -1);
      assertThat(tokenizer.manifest().layout().radices()).containsExactly(32, 16);

      int rows = 37;
      int size = rows * RowsSource.DIMENSIONS;
      float[] batch = new float[8 * size];
      List<int[]> alone = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        float[] own = RowsSource.sample("test" + i).features().toFloats();
        for (int j = 0; j < size; j++) {
          batch[i * size + j] = own[j % own.length];
        }
        float[] one = java.util.Arrays.copyOfRange(batch, i * size, (i + 1) * size);
        alone.add(encode(tokenizer, one, 1, rows).ids());
      }
      Codes codes = encode(tokenizer, batch, 8, rows);
      assertThat(codes.shape()).containsExactly(2, rows);
      assertThat(codes.ids()).isEqualTo(alone.stream().flatMapToInt(IntStream::of).toArray());

      // The second level lowers the error that is reported, and decoding leaves about that error.
      assertThat(codes.levels()).isEqualTo(2);
      assertThat(codes.errors()[1]).isLessThan(codes.errors()[0]);
      float[] decoded = new float[batch.length];
      try (NativeTensor signal = tokenizer.decode(codes.ids(), 8, codes.shape())) {
        assertThat(signal.shape()).containsExactly(8, rows, RowsSource.DIMENSIONS);
        signal.read(0, decoded, 0, decoded.length);
      }
      double squares = 0;
      double errors = 0;
      for (int i = 0; i < batch.length; i++) {
        squares += Math.pow(batch[i] - decoded[i], 2);
      }
      for (int i = 0; i < 8; i++) {
        errors += codes.errors()[2 * i + 1];
      }
      // What PCA left out is not in the reported error: about variance 4 of one dimension.
      double expected = errors / 8 * 10 + 4;
      assertThat(squares / 8 / rows).isCloseTo(expected, within(0.1 * expected));
    }
  }

  @Test
  void goesOnAfterACrash() throws IOException {
    FitReport whole = fit("whole", 2, FitListener.NONE);
    FitListener crashing =
        new FitListener() {
          @Override
          public void stage(String stage) {}

          @Override
          public void pass(PassReport pass) {
            if (pass.codebook() == 1 && pass.pass() == 1) {
              throw new IllegalStateException("power cut");
            }
          }
        };
    assertThatThrownBy(() -> fit("resumed", 2, crashing)).hasMessage("power cut");
    assertThat(temp.resolve("resumed.fit/codebook-1")).exists();

    FitSpec other = FitSpecParser.parse("spec", SPEC.replace("seed: 3", "seed: 4"));
    assertThatThrownBy(
            () ->
                FitFlow.run(
                    SparkForTests.session(),
                    other,
                    inputs(),
                    new RowsSource(),
                    FitOptions.to(temp.resolve("resumed").toString())))
        .isInstanceOf(FitException.class)
        .hasMessage(
            "Cannot go on with the fit in "
                + temp.resolve("resumed.fit")
                + ": it has another specification or other inputs (remove the directory or name"
                + " another)");

    FitReport resumed = fit("resumed", 3, FitListener.NONE);
    assertThat(resumed.passes()).isEqualTo(whole.passes());
    assertThat(files(temp.resolve("resumed"))).isEqualTo(files(temp.resolve("whole")));
    assertThat(temp.resolve("resumed.fit")).doesNotExist();
  }

  @Test
  void countsBadSamplesAndStopsAtTooMany() throws IOException {
    List<FitInput> some = new ArrayList<>(inputs());
    some.add(FitInput.of("bad1"));
    FitSpec spec = FitSpecParser.parse("spec", SPEC.replace("5000", "500000"));
    FitReport report =
        FitFlow.run(
            SparkForTests.session(),
            spec,
            some,
            new RowsSource(),
            FitOptions.to(temp.resolve("some").toString()));
    assertThat(report.rejects()).isEqualTo(Map.of("decode/MALFORMED", 1L));
    assertThat(report.samples()).isEqualTo(400);
    assertThat(report.inputsRead()).isEqualTo(201);

    List<FitInput> bad = IntStream.range(0, 5).mapToObj(i -> FitInput.of("bad" + i)).toList();
    assertThatThrownBy(
            () ->
                FitFlow.run(
                    SparkForTests.session(),
                    spec,
                    bad,
                    new RowsSource(),
                    FitOptions.to(temp.resolve("bad").toString())))
        .isInstanceOf(FitException.class)
        .hasMessage(
            "Cannot learn from these inputs: 5 of 5 samples are bad, more than the share of 0.25"
                + " that training.max_reject_rate allows: {decode/MALFORMED=5} (mend or filter the"
                + " inputs)");
  }

  @Test
  void saysWhatIsWrongWithFeaturesWithoutSparksWrapping() throws IOException {
    assertThatThrownBy(() -> fitWith("nan1"))
        .isInstanceOf(FitException.class)
        .hasMessage(
            "Cannot learn from features with the value NaN in dimension 4 (check the front-end"
                + " steps)");
    assertThatThrownBy(() -> fitWith("wide1"))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("Cannot learn from features of type FLOAT32 and shape")
        .hasMessageContaining("an equal last axis");
    // Nothing was learned, so the state that is left does not stand in the way.
    assertThat(fitWith("other").samples()).isEqualTo(402);
  }

  private FitReport fitWith(String more) throws IOException {
    List<FitInput> inputs = new ArrayList<>(inputs());
    inputs.add(FitInput.of(more));
    return FitFlow.run(
        SparkForTests.session(),
        FitSpecParser.parse("spec", SPEC.replace("5000", "500000")),
        inputs,
        new RowsSource(),
        FitOptions.to(temp.resolve("with").toString()));
  }

  @Test
  void refusesAnOutputThatExists() throws IOException {
    Files.createDirectory(temp.resolve("there"));
    assertThatThrownBy(() -> fit("there", 1, FitListener.NONE))
        .isInstanceOf(BundleException.class)
        .hasMessage(
            "Cannot write bundle "
                + temp.resolve("there")
                + ": it exists (give another path, or remove it first)");
  }

  private FitReport fit(String name, int partitions, FitListener listener) throws IOException {
    return fit(name, partitions, FitOptions.AUTO, listener);
  }

  private FitReport fit(String name, int partitions, long driverBytes, FitListener listener)
      throws IOException {
    return FitFlow.run(
        SparkForTests.session(),
        FitSpecParser.parse("spec", SPEC),
        inputs(),
        new RowsSource(),
        FitOptions.to(temp.resolve(name).toString())
            .withPartitions(partitions)
            .withDriverBytes(driverBytes)
            .withListener(listener));
  }

  private static List<FitInput> inputs() {
    return IntStream.range(0, 200).mapToObj(i -> FitInput.of("input" + i)).toList();
  }

  private static Codes encode(Tokenizer tokenizer, float[] values, int batch, int rows) {
    try (NativeTensor tensor =
        tokenizer.allocate(ElementType.FLOAT32, batch, rows, RowsSource.DIMENSIONS)) {
      tensor.write(0, values, 0, values.length);
      return tokenizer.encode(Map.of("signal", tensor));
    }
  }

  /** The digests of all files but the model's, whose order of nodes TensorFlow may choose. */
  private static Map<String, String> files(Path bundle) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(bundle)) {
      for (Path file : (Iterable<Path>) tree.filter(Files::isRegularFile)::iterator) {
        String name = bundle.relativize(file).toString();
        contents.put(name, Sha256.hex(Files.readAllBytes(file)));
      }
    }
    assertThat(contents)
        .containsKeys("codebooks/0.npy", "codebooks/1.npy", "transform/in.npy", "fit.json");
    return contents;
  }
}
