package org.tessera.jobs.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.report.DriftLimits;
import org.tessera.jobs.report.Report;
import org.tessera.jobs.report.ReportRequest;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.fit.FitInput;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.FitSpecParser;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.NameFilter;
import org.tessera.pipeline.spark.PlannedSource;
import org.tessera.pipeline.spark.ReconstructFlow;
import org.tessera.pipeline.spark.TokenizeFlow;
import org.tessera.pipeline.spark.TokenizeListener;
import org.tessera.pipeline.spark.TokenizeRequest;
import org.tessera.pipeline.spark.TokenizeResult;
import org.tessera.pipeline.spark.VerifyFlow;
import org.tessera.pipeline.spark.fit.FitFlow;
import org.tessera.pipeline.spark.fit.FitOptions;
import org.tessera.pipeline.spark.stats.StatsFlow;
import org.tessera.udf.spark.ModelSettings;

/**
 * The whole chain on a small corpus that is generated first: for each modality fit, tokenize and
 * reconstruct; then verify and count them all. Used by one thread.
 */
public final class Demo {
  private static final int RECONSTRUCTIONS = 6;

  private final SparkSession spark;
  private final Path output;
  private final PrintStream out;

  /** A demo below a folder that is empty or not there. */
  public Demo(SparkSession spark, Path output, PrintStream out) {
    this.spark = spark;
    this.output = output;
    this.out = out;
  }

  /** What became of the samples, and what the checks found. */
  public record Result(
      SortedMap<String, Counts> counts, SortedMap<String, Double> quality, List<String> findings) {}

  /**
   * Runs the chain.
   *
   * @throws IOException when a file cannot be read or written
   */
  public Result run() throws IOException {
    SortedMap<String, Counts> counts = new TreeMap<>();
    SortedMap<String, Double> quality = new TreeMap<>();
    for (DemoCorpus corpus : DemoCorpus.values()) {
      Modality modality = corpus.modality();
      Path files = Files.createDirectories(output.resolve("corpus").resolve(modality.id()));
      corpus.write(files);
      Path bundle = output.resolve("bundles").resolve(modality.id());
      fit(modality, files, bundle);
      TokenizeResult result = tokenize(files, bundle);
      counts.put(modality.id(), result.counts());
      out.printf(
          Locale.ROOT,
          "%-7s %3d files = %d tokenized + %d rejected; %,d tokens%n",
          modality.id(),
          result.counts().value("samples"),
          result.counts().value("tokenized"),
          result.counts().value("rejected"),
          result.counts().value("tokens"));
      for (Map.Entry<String, ReconstructFlow.Metric> metric :
          reconstruct(modality, bundle).entrySet()) {
        if (metric.getKey().equals(corpus.metric())) {
          quality.put(modality.id() + " " + corpus.metric(), metric.getValue().mean());
          out.printf(Locale.ROOT, "        %s %.3g%n", corpus.metric(), metric.getValue().mean());
        }
      }
    }
    List<String> findings = new VerifyFlow(spark, tokens()).run().findings();
    new StatsFlow(spark, new StatsFlow.Request(tokens(), tokens(), List.of(), "", 2, 1)).run();
    report();
    return new Result(counts, quality, findings);
  }

  private void report() throws IOException {
    List<String> reconstructed = new ArrayList<>();
    for (DemoCorpus corpus : DemoCorpus.values()) {
      reconstructed.add(output.resolve("reconstructed").resolve(corpus.modality().id()).toString());
    }
    ReportRequest request =
        new ReportRequest(
            tokens(), tokens(), reconstructed, "", DriftLimits.DEFAULT, "Tessera's demo");
    Files.writeString(output.resolve("report.html"), new Report(spark, request).html());
  }

  private String tokens() {
    return output.resolve("tokens").toString();
  }

  private void fit(Modality modality, Path files, Path bundle) throws IOException {
    FitSpec spec = FitSpecParser.parse("the demo", spec(modality));
    List<FitInput> inputs = new ArrayList<>();
    new InputLister(spark.sparkContext().hadoopConfiguration(), NameFilter.ALL, modality)
        .list(
            files.toString(),
            planned -> inputs.add(new FitInput(planned.object().uri(), planned.toJson())));
    FitFlow.run(spark, spec, inputs, PlannedSource.of(spec), FitOptions.to(bundle.toString()));
  }

  private static String spec(Modality modality) throws IOException {
    try (var in = Demo.class.getResourceAsStream(modality.id() + ".yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private TokenizeResult tokenize(Path files, Path bundle) throws IOException {
    TokenizeRequest request =
        TokenizeRequest.of(List.of(files.toString()), bundle.toString(), tokens())
            .appending()
            .model(ModelSettings.CPU)
            .build();
    return new TokenizeFlow(spark, request, TokenizeListener.NONE).run();
  }

  private SortedMap<String, ReconstructFlow.Metric> reconstruct(Modality modality, Path bundle)
      throws IOException {
    String target = output.resolve("reconstructed").resolve(modality.id()).toString();
    return new ReconstructFlow(
            spark,
            new ReconstructFlow.Request(
                tokens(), bundle.toString(), target, RECONSTRUCTIONS, 1, ModelSettings.CPU))
        .run()
        .metrics();
  }
}
