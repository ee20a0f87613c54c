package org.tessera.pipeline.spark.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.pipeline.fit.FitInput;
import org.tessera.pipeline.fit.FitReport;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.FitSpecParser;
import org.tessera.pipeline.fit.PassReport;
import org.tessera.pipeline.spark.SparkForTests;

/**
 * Each family on rows of independent normal variables (and one copy of one), where theory says how
 * much of the variance must be left. The rows of the sources are learned from and decoded.
 */
class FitFamiliesIT {
  private static final int INPUTS = 120;

  @TempDir private Path temp;

  @Test
  void signsLeaveWhatOneBitOfANormalVariableLeaves() throws IOException {
    FitReport report = fit("lfq", "transform: {kind: pca, dimensions: 11}", "{family: lfq}");
    Decoded decoded = decode("lfq");
    assertThat(decoded.codes.shape()).containsExactly(decoded.rows);
    assertThat(decoded.tokenizer.radices()).containsExactly(1 << 11);
    // 1 - 2/π, the least error of one bit (Max 1960).
    assertThat(decoded.left).isCloseTo(1 - 2 / Math.PI, within(0.01));
    assertThat(report.results().get(0).perplexity()).isGreaterThan(1700);
  }

  @Test
  void quantilesLeaveWhatEquallyLikelyBinsLeave() throws IOException {
    FitReport report =
        fit(
            "quantiles",
            "transform: {kind: whiten, dimensions: 11}",
            "{family: quantiles, bins: 8}");
    Decoded decoded = decode("quantiles");
    assertThat(decoded.codes.shape()).containsExactly(11, decoded.rows);
    assertThat(decoded.tokenizer.axes()).containsExactly("channel", "time");
    // The nearest of eight equally likely bins' means, by numerical integration (SciPy).
    assertThat(decoded.left).isCloseTo(0.05133, within(0.002));
    assertThat(report.results()).hasSize(11);
    assertThat(report.results())
        .allSatisfy(slot -> assertThat(slot.perplexity()).isGreaterThan(7.7));
    // Without rotation every dimension is normalised by itself.
    fit("plain", "", "{family: quantiles, bins: 8}");
    assertThat(decode("plain").left).isCloseTo(0.05133, within(0.002));
  }

  @Test
  void equalBinsLeaveATwelfthOfTheirSquaredWidth() throws IOException {
    FitReport report = fit("minmax", "", "{family: minmax, bins: 256}");
    Decoded decoded = decode("minmax");
    assertThat(decoded.codes.shape()).containsExactly(12, decoded.rows);
    double expected = 0;
    double total = 0;
    for (int d = 0; d < RowsSource.DIMENSIONS; d++) {
      double width = (decoded.most[d] - decoded.least[d]) / 256;
      expected += width * width / 12;
      total += decoded.variance[d];
    }
    assertThat(decoded.left).isCloseTo(expected / total, within(0.1 * expected / total));
    assertThat(report.results()).allSatisfy(slot -> assertThat(slot.codes()).isEqualTo(256));
  }

  @Test
  void finiteScalarsUseTheirLevelsAndDecode() throws IOException {
    String transform = "transform: {kind: whiten, dimensions: 4}";
    fit("fsq", transform, "{family: fsq, levels: [7, 7, 7, 7]}");
    Decoded coarse = decode("fsq");
    assertThat(coarse.codes.shape()).containsExactly(coarse.rows);
    assertThat(coarse.tokenizer.radices()).containsExactly(7 * 7 * 7 * 7);
    fit("finer", transform, "{family: fsq, levels: [31, 31, 31, 31]}");
    Decoded finer = decode("finer");
    // Four of eleven variances are kept: 144 + 121 + 100 + 81 + the copy's, of the total.
    double lost = 1 - finer.keptVariance;
    assertThat(finer.left - lost).isLessThan(coarse.left - lost);
    assertThat(coarse.left).isLessThan(lost + 0.12 * coarse.keptVariance);
    assertThat(finer.left).isLessThan(lost + 0.08 * finer.keptVariance);
  }

  @Test
  void plainCodesAreLearnedWithoutATransform() throws IOException {
    FitReport report = fit("vq", "", "{family: vq, codes: 64}");
    Decoded decoded = decode("vq");
    assertThat(decoded.codes.shape()).containsExactly(decoded.rows);
    PassReport result = report.results().get(0);
    assertThat(result.used()).isEqualTo(64);
    assertThat(decoded.squaredError).isCloseTo(result.loss(), within(0.02 * result.loss()));
    assertThat(decoded.codes.errors()[0])
        .isCloseTo((float) result.loss(), within(0.1f * (float) result.loss()));
  }

  @Test
  void randomProjectionsAreMadeFromTheSeedAndDoNotDecode() throws IOException {
    String quantizer = "{family: random_projection, projected: 8, codes: 256}";
    FitReport report = fit("random", "", quantizer);
    assertThat(fit("same", "", quantizer, 5).passes()).isEqualTo(report.passes());
    assertThat(report.results().get(0).codes()).isEqualTo(256);
    assertThat(report.results().get(0).used()).isGreaterThan(200);
    try (Bundle bundle = Bundle.open(temp.resolve("random"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(2));
        NativeTensor tensor =
            tokenizer.allocate(ElementType.FLOAT32, 1, 3, RowsSource.DIMENSIONS)) {
      // Only the direction of a normalised row counts: rows 0 and 1 are twice the same direction.
      assertThat(tokenizer.decodable()).isFalse();
      float[] mean = corpusMean();
      float[] rows = new float[3 * RowsSource.DIMENSIONS];
      for (int d = 0; d < RowsSource.DIMENSIONS; d++) {
        rows[d] = mean[d] + d - 4;
        rows[RowsSource.DIMENSIONS + d] = mean[d] + 3 * (d - 4);
        rows[2 * RowsSource.DIMENSIONS + d] = mean[d] - d + 4;
      }
      tensor.write(0, rows, 0, rows.length);
      int[] ids = tokenizer.encode(Map.of("signal", tensor)).ids();
      assertThat(ids[1]).isEqualTo(ids[0]);
      assertThat(ids[2]).isNotEqualTo(ids[0]);
    }
  }

  private static float[] corpusMean() {
    float[] values = corpus();
    double[] sums = new double[RowsSource.DIMENSIONS];
    for (int i = 0; i < values.length; i++) {
      sums[i % sums.length] += values[i];
    }
    float[] mean = new float[sums.length];
    for (int d = 0; d < mean.length; d++) {
      mean[d] = (float) (sums[d] / (values.length / sums.length));
    }
    return mean;
  }

  @Test
  void theOptimizedRotationLowersTheErrorOfAProduct() throws IOException {
    String product = "{family: product, groups: 2, codes: 32}";
    FitReport pca = fit("pca", "transform: {kind: pca, dimensions: 12}", product);
    FitReport opq = fit("opq", "transform: {kind: opq, dimensions: 12}", product);
    assertThat(opq.results()).extracting(PassReport::used).containsExactly(32, 32);
    assertThat(loss(opq)).isLessThan(0.8 * loss(pca));
    Decoded decoded = decode("opq");
    assertThat(decoded.tokenizer.axes()).containsExactly("group", "time");
    assertThat(decoded.codes.shape()).containsExactly(2, decoded.rows);
    // Rotations keep lengths, so the error of the codes is the error of the vectors.
    assertThat(decoded.squaredError).isCloseTo(loss(opq), within(0.02 * loss(opq)));

    assertThat(fit("again", "transform: {kind: opq, dimensions: 12}", product, 5).passes())
        .isEqualTo(opq.passes());
  }

  private static double loss(FitReport report) {
    return report.results().stream().mapToDouble(PassReport::loss).average().orElseThrow();
  }

  private FitReport fit(String name, String transform, String quantizer) throws IOException {
    return fit(name, transform, quantizer, 2);
  }

  private FitReport fit(String name, String transform, String quantizer, int partitions)
      throws IOException {
    String yaml =
        """
        name: %s
        modality: eeg
        licence: MIT
        front_end: []
        learn:
          vectors: {kind: rows, axis: time}
          quantizer: %s
          training: {passes: 8, block: 64, vectors_per_sample: 100}
          %s
        """
            .formatted(name, quantizer, transform);
    FitSpec spec = FitSpecParser.parse(name, yaml);
    List<FitInput> inputs =
        IntStream.range(0, INPUTS).mapToObj(i -> FitInput.of("input" + i)).toList();
    FitReport report =
        FitFlow.run(
            SparkForTests.session(),
            spec,
            inputs,
            new RowsSource(),
            FitOptions.to(temp.resolve(name).toString())
                .withPartitions(partitions)
                .withDriverBytes(partitions == 2 ? FitOptions.AUTO : 0));
    Files.writeString(temp.resolve(name + ".kept"), Double.toString(report.keptVariance()));
    return report;
  }

  /** What became of all rows of the corpus, as one sample. */
  private static final class Decoded {
    private TokenizerFacts tokenizer;
    private Codes codes;
    private int rows;
    private double keptVariance;

    /** The mean squared error of a value. */
    private double squaredError;

    /** The squared error as a share of the variance. */
    private double left;

    private final double[] variance = new double[RowsSource.DIMENSIONS];
    private final double[] least = new double[RowsSource.DIMENSIONS];
    private final double[] most = new double[RowsSource.DIMENSIONS];
  }

  private record TokenizerFacts(List<String> axes, List<Integer> radices) {}

  private Decoded decode(String name) throws IOException {
    float[] values = corpus();
    Decoded decoded = new Decoded();
    decoded.rows = values.length / RowsSource.DIMENSIONS;
    decoded.keptVariance = Double.parseDouble(Files.readString(temp.resolve(name + ".kept")));
    float[] back = new float[values.length];
    try (Bundle bundle = Bundle.open(temp.resolve(name));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(2));
        NativeTensor tensor =
            tokenizer.allocate(ElementType.FLOAT32, 1, decoded.rows, RowsSource.DIMENSIONS)) {
      tensor.write(0, values, 0, values.length);
      decoded.codes = tokenizer.encode(Map.of("signal", tensor));
      decoded.tokenizer =
          new TokenizerFacts(
              tokenizer.manifest().layout().axes(), tokenizer.manifest().layout().radices());
      try (NativeTensor signal = tokenizer.decode(decoded.codes.ids(), 1, decoded.codes.shape())) {
        signal.read(0, back, 0, back.length);
      }
    }
    double total = 0;
    for (int d = 0; d < RowsSource.DIMENSIONS; d++) {
      double sum = 0;
      double squares = 0;
      decoded.least[d] = Double.MAX_VALUE;
      decoded.most[d] = -Double.MAX_VALUE;
      for (int i = d; i < values.length; i += RowsSource.DIMENSIONS) {
        sum += values[i];
        squares += (double) values[i] * values[i];
        decoded.least[d] = Math.min(decoded.least[d], values[i]);
        decoded.most[d] = Math.max(decoded.most[d], values[i]);
        decoded.squaredError += Math.pow(values[i] - back[i], 2) / values.length;
      }
      decoded.variance[d] = squares / decoded.rows - Math.pow(sum / decoded.rows, 2);
      total += decoded.variance[d];
    }
    decoded.left = decoded.squaredError * RowsSource.DIMENSIONS / total;
    return decoded;
  }

  private static float[] corpus() {
    float[] values = new float[0];
    for (int input = 0; input < INPUTS; input++) {
      for (int i = 0; i < 2; i++) {
        float[] own = RowsSource.sample("input" + input + "#" + i).features().toFloats();
        int at = values.length;
        values = java.util.Arrays.copyOf(values, at + own.length);
        System.arraycopy(own, 0, values, at, own.length);
      }
    }
    return values;
  }
}
