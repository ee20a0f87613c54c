package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.config.ConfigException;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.fit.FitInput;
import org.tessera.pipeline.fit.FitListener;
import org.tessera.pipeline.fit.FitReport;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.FitSpecParser;
import org.tessera.pipeline.fit.PassReport;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.spark.PlannedSource;
import org.tessera.pipeline.spark.fit.FitFlow;
import org.tessera.pipeline.spark.fit.FitOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera fit}: learn a tokenizer from a corpus. */
@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Learns a tokenizer from a corpus on the cluster and writes its bundle. The same corpus and",
      "specification give the same bundle, whatever the cluster; a fit that died goes on when it",
      "is called again."
    },
    footer = {
      "",
      "Example:",
      "  tessera fit --modality image --spec conf/tokenizers/image-patch-rvq.yaml \\",
      "      --input photos --output image.bundle"
    })
public final class FitCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private InputOptions input;

  @Option(
      names = "--modality",
      paramLabel = "M",
      description = "image, audio, eeg or points; checked against the specification.")
  private String modality;

  @Option(
      names = "--spec",
      required = true,
      paramLabel = "SPEC.yaml",
      description = "What to learn: front-end, vectors, transform, quantizer, training.")
  private String spec;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "BUNDLE",
      description = "The new bundle's directory, or a .zip.")
  private String output;

  @Option(
      names = "--if-missing",
      description = "Do nothing, successfully, when the output is there already (for schedules).")
  private boolean ifMissing;

  @Override
  public Integer call() throws Exception {
    FitReport report;
    try (SparkSession session = SparkSessions.open("fit", common)) {
      if (ifMissing && exists(session.sparkContext().hadoopConfiguration())) {
        common.print(
            new ObjectMapper()
                .createObjectNode()
                .put("command", "fit")
                .put("output", output)
                .put("nothing_to_do", true),
            "Nothing to do: " + output + " is there");
        return ExitCodes.OK;
      }
      report = fit(session);
    }
    ObjectNode node = report.toJson();
    node.put("command", "fit");
    node.put("output", output);
    common.print(node, FitSummary.of(report, output));
    return ExitCodes.OK;
  }

  private FitReport fit(SparkSession session) throws Exception {
    Configuration configuration = session.sparkContext().hadoopConfiguration();
    Optional<Modality> wanted = Optional.ofNullable(modality).map(FitCommand::modality);
    FitSpec parsed = FitFlow.resolve(session, FitSpecParser.parse(spec, read(spec, configuration)));
    if (wanted.isPresent() && wanted.get() != parsed.modality()) {
      throw new ConfigException(
          "these options",
          List.of("--modality " + modality + ": " + spec + " is for " + parsed.modality().id()));
    }
    if (input.inputs().isEmpty()) {
      throw new ConfigException("these options", List.of("--input must be given"));
    }
    InputLister lister = new InputLister(configuration, input.filter(), parsed.modality());
    List<FitInput> inputs = new ArrayList<>();
    for (String uri : input.inputs()) {
      lister.list(
          uri, planned -> inputs.add(new FitInput(planned.object().uri(), planned.toJson())));
    }
    return FitFlow.run(
        session,
        parsed,
        inputs,
        PlannedSource.of(parsed),
        FitOptions.to(output).withListener(new Stages()));
  }

  private static Modality modality(String id) {
    try {
      return Modality.of(id);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("these options", List.of("--modality: " + e.getMessage()));
    }
  }

  private boolean exists(Configuration configuration) throws Exception {
    Path path = new Path(output);
    return path.getFileSystem(configuration).exists(path);
  }

  private static String read(String uri, Configuration configuration) throws Exception {
    Path path = new Path(uri);
    try (var in = path.getFileSystem(configuration).open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      throw new ConfigException(
          "these options",
          List.of("--spec " + uri + ": it is no file that is there (examples: conf/tokenizers)"));
    }
  }

  /** Tells on stderr how far the fit is. */
  private static final class Stages implements FitListener {
    @Override
    public void stage(String stage) {
      System.err.println("fit: " + stage);
    }

    @Override
    public void pass(PassReport pass) {
      System.err.printf(
          Locale.ROOT,
          "fit: codebook %d, pass %d: error %.5g, %,d of %,d codes used%n",
          pass.codebook(),
          pass.pass(),
          pass.loss(),
          pass.used(),
          pass.codes());
    }
  }
}
