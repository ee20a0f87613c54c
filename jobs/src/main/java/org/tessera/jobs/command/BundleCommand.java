package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.tessera.jobs.ExitCodes;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.Finding;
import org.tessera.model.tokenizer.BundleCreator;
import org.tessera.model.tokenizer.BundleVerifier;
import org.tessera.pipeline.spark.Bundles;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tessera bundle}: make, check and show tokenizer bundles. */
@Command(
    name = "bundle",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "create|verify|show",
    description = "Wraps a model into a tokenizer bundle, checks one, or shows one.",
    footer = {"", "The format, with a page on bringing your own model: model-loader/BUNDLE.md"},
    subcommands = {
      BundleCommand.Create.class,
      BundleCommand.Verify.class,
      BundleCommand.Show.class
    })
public final class BundleCommand {
  /** {@code tessera bundle create}. */
  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Wraps a SavedModel or ONNX file, and the codebooks beside it, into a bundle: digests,",
        "checks signatures and shapes, and judges what the graph may do."
      },
      footer = {
        "",
        "Example:",
        "  tessera bundle create --spec speech.yaml --output speech.bundle"
      })
  static final class Create implements Callable<Integer> {
    @Mixin private CommonOptions common;

    @Option(
        names = "--spec",
        required = true,
        paramLabel = "SPEC.yaml",
        description = "The manifest without digests; its paths are relative to it (YAML or JSON).")
    private Path spec;

    @Option(
        names = "--output",
        required = true,
        paramLabel = "BUNDLE",
        description = "The new bundle's directory, or a .zip.")
    private Path output;

    @Override
    public Integer call() throws IOException {
      JsonNode tree;
      try {
        tree = new YAMLMapper().readTree(Files.readString(spec));
      } catch (NoSuchFileException e) {
        throw new NoSuchFileException(
            "Cannot read specification " + spec + ": it is not there (check the path)");
      }
      Path folder = spec.toAbsolutePath().getParent();
      List<Finding> warnings = new ArrayList<>();
      try (Bundle bundle =
          BundleCreator.create(tree, folder, output, BundleCommand::checkFrontEnd, warnings::add)) {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("command", "bundle create");
        node.put("output", output.toString());
        node.put("fingerprint", bundle.fingerprint());
        node.put("bytes", bundle.bytes());
        common.print(
            node,
            "Bundle "
                + output
                + ", fingerprint "
                + bundle.fingerprint()
                + ": verified"
                + listed(warnings, node));
      }
      return ExitCodes.OK;
    }
  }

  /** {@code tessera bundle verify}. */
  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Checks digests, signatures, shapes, licence, and what the graph may do.",
      footer = {
        "",
        "Example:",
        "  tessera bundle verify speech.bundle --sample hello.wav",
        "",
        "Exit codes: 0 verified, 1 failed, 2 usage, 4 something is wrong (listed)"
      })
  static final class Verify implements Callable<Integer> {
    @Mixin private CommonOptions common;

    @Parameters(paramLabel = "BUNDLE", description = "The bundle: a directory or zip.")
    private String bundle;

    @Option(
        names = "--sample",
        paramLabel = "FILE",
        description = "Also encode this file, and show what comes out; repeatable.")
    private List<Path> samples = List.of();

    @Override
    public Integer call() throws IOException {
      BundleTrial trial = new BundleTrial(samples);
      Path local = Bundles.local(bundle, common.hadoop());
      List<Finding> findings = new ArrayList<>(BundleVerifier.verify(local));
      if (findings.stream().noneMatch(Finding::isError)) {
        try (Bundle opened = Bundle.open(local)) {
          checkFrontEnd(opened.manifest());
        } catch (IllegalArgumentException e) {
          findings.add(0, Finding.error("front_end", e.getMessage()));
        }
      }
      ObjectNode node = new ObjectMapper().createObjectNode();
      String encoded = "";
      if (!samples.isEmpty() && findings.stream().noneMatch(Finding::isError)) {
        encoded = trial.run(local, findings, node);
      }
      boolean wrong = findings.stream().anyMatch(Finding::isError);
      node.put("command", "bundle verify");
      node.put("bundle", bundle);
      node.put("verified", !wrong);
      StringBuilder text =
          new StringBuilder(wrong ? "NOT VERIFIED: " : "Verified: ").append(bundle);
      text.append(listed(findings, node)).append(encoded);
      common.print(node, text.toString());
      return wrong ? ExitCodes.NOT_VERIFIED : ExitCodes.OK;
    }
  }

  /** {@code tessera bundle show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Shows a bundle's manifest and fingerprint.",
      footer = {"", "Example:", "  tessera bundle show speech.bundle"})
  static final class Show implements Callable<Integer> {
    @Mixin private CommonOptions common;

    @Parameters(paramLabel = "BUNDLE", description = "The bundle: a directory or zip.")
    private String bundle;

    @Override
    public Integer call() throws IOException {
      ObjectNode node = new ObjectMapper().createObjectNode();
      node.put("command", "bundle show");
      node.put("bundle", bundle);
      new BundleInspection(bundle, common.hadoop()).describe(node);
      common.print(node, Outline.of(node));
      return ExitCodes.OK;
    }
  }

  /** A line for each finding, which the node gets, too. */
  private static String listed(List<Finding> findings, ObjectNode node) {
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      node.withArray("findings")
          .addObject()
          .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
          .put("place", finding.place())
          .put("message", finding.message());
      text.append("\n  - ").append(finding);
    }
    return text.toString();
  }

  private static void checkFrontEnd(TokenizerManifest manifest) {
    FrontEnds.of(manifest, Limits.DEFAULT);
  }
}
