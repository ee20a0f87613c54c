package org.tessera.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TesseraTest {
  /** The bytes of a small gray image, without a model. */
  private static final String BYTES =
      """
      name: bytes
      version: "1"
      modality: image
      output: latents
      front_end:
        - {step: gray}
        - {step: resize_center_crop, size: 8}
        - {step: to_float, preset: raw}
      quantizer:
        {family: uniform_bins, dimensions: 1, levels: 256, steps: points, rounding: half_even, low: 0, high: 255}
      layout: {axes: [row, column], shape: [8, 8], radices: [256]}
      licence: CC0-1.0
      source: a test
      """;

  @TempDir private Path temp;

  private record Result(int code, String out, String err) {}

  @Test
  void everyCommandHasHelpWithADescription() {
    for (CommandLine command : Tessera.commandLine().getSubcommands().values()) {
      Result result = run(command.getCommandName(), "--help");

      assertThat(result.code).as(command.getCommandName()).isZero();
      assertThat(result.out).contains("Usage: tessera " + command.getCommandName());
      assertThat(command.getCommandSpec().usageMessage().description())
          .as(command.getCommandName())
          .isNotEmpty();
    }
  }

  /** So Java shows an argument that is not in the locale's character set. */
  @Test
  void anArgumentThatCouldNotBeReadIsAnError() {
    Result result = run("tokenize", "--input", "photos/\uFFFD\uFFFD", "--output", "o");

    assertThat(result.code).isEqualTo(ExitCodes.USAGE);
    assertThat(result.err)
        .startsWith("Cannot read the argument photos/")
        .contains("(start it with LC_ALL=C.UTF-8, and executors with");
    assertThat(
            FailureHandler.explain(
                new IllegalStateException(new InvalidPathException("a/?", "Malformed input"))))
        .startsWith("Cannot name a/? in this process's character set ")
        .endsWith(
            "(start it with LC_ALL=C.UTF-8, and executors with"
                + " spark.executorEnv.LC_ALL=C.UTF-8)");
  }

  @Test
  void wrongOptionsAreUsageErrorsAndAllAreNamed() {
    Result result =
        run(
            "tokenize",
            "--input",
            "a",
            "--tokenizer",
            "b",
            "--output",
            "c",
            "--batch",
            "0",
            "--max-reject-rate",
            "2",
            "--device",
            "tpu",
            "--run-id",
            "../x");

    assertThat(result.code).isEqualTo(ExitCodes.USAGE);
    assertThat(result.err)
        .contains("--batch must be at least 1: 0")
        .contains("--max-reject-rate must be from 0 to 1: 2.0")
        .contains("--device")
        .contains("--run-id");
  }

  @Test
  void wrongArgumentsAreUsageErrorsWithASuggestion() {
    assertUsage(
        "tessera tokenize: Cannot use these options:",
        "unknown option --tokenizr (did you mean --tokenizer?)",
        run("tokenize", "--input", "a", "--tokenizr=b", "--output", "c"));
    assertUsage(
        "tessera verify: Cannot use these options:",
        "unknown option --token (did you mean --tokens?)",
        run("verify", "--tokens", "a", "--token", "b"));
    assertUsage(
        "tessera tokenize: Cannot use these options:",
        "unexpected argument b.jpg (repeat the option",
        run("tokenize", "--input", "a.jpg", "b.jpg", "--tokenizer", "b", "--output", "c"));
    assertUsage(
        "tessera tokenize: Cannot use these options:",
        "Missing required option: '--output=URI'",
        run("tokenize", "--input", "a", "--tokenizer", "b"));
    assertUsage(
        "tessera: Cannot use these options:",
        "unknown command tokenise (did you mean tokenize?)",
        run("tokenise", "--input", "a"));
  }

  private static void assertUsage(String begin, String contains, Result result) {
    assertThat(result.code).isEqualTo(ExitCodes.USAGE);
    assertThat(result.err).startsWith(begin).contains(contains);
    assertThat(result.err.lines().count()).isLessThan(6);
  }

  /** A header whose data are in the file beside it. */
  @Test
  void inspectsARecordingInTwoFiles() throws Exception {
    Path header = temp.resolve("a.vhdr");
    Files.writeString(
        header,
        """
        Brain Vision Data Exchange Header File Version 1.0
        [Common Infos]
        DataFile=a.eeg
        DataFormat=BINARY
        DataOrientation=MULTIPLEXED
        NumberOfChannels=1
        SamplingInterval=10000
        [Binary Infos]
        BinaryFormat=INT_16
        [Channel Infos]
        Ch1=Cz,,1
        """);
    assertThat(run("inspect", header.toString()).out()).contains("decode/MISSING");
    Files.write(temp.resolve("a.eeg"), new byte[8]);
    Result result = run("inspect", header.toString());
    assertThat(result.out()).contains("brainvision", "[1,4]").doesNotContain("rejected");
  }

  @Test
  void failuresAreOneLineThatSaysWhatToDo() {
    Result result = run("inspect", temp.resolve("nothing.jpg").toString());

    assertThat(result.code).isEqualTo(ExitCodes.FAILED);
    assertThat(result.err)
        .startsWith("tessera inspect: Cannot inspect ")
        .contains("nothing is there (check the path)");
    assertThat(result.err.lines()).hasSize(1);
  }

  @Test
  void aBundleWhoseFrontEndDoesNotExistIsNotMade() throws Exception {
    Path spec = temp.resolve("spec.yaml");
    Files.writeString(spec, BYTES.replace("resize_center_crop", "resize_centre_crop"));
    Path bundle = temp.resolve("bytes.bundle");

    Result result =
        run("bundle", "create", "--spec", spec.toString(), "--output", bundle.toString());

    assertThat(result.code).isEqualTo(ExitCodes.FAILED);
    assertThat(result.err)
        .contains("Cannot use step resize_centre_crop for images")
        .contains("resize_center_crop");
    assertThat(bundle).doesNotExist();
  }

  @Test
  void aBundleCanBeTriedOnFiles() throws Exception {
    Path spec = temp.resolve("spec.yaml");
    Files.writeString(spec, BYTES.replace("source: a test\n", ""));
    String bundle = temp.resolve("bytes.bundle").toString();
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    Arrays.fill(((DataBufferByte) image.getRaster().getDataBuffer()).getData(), (byte) 77);
    Path good = temp.resolve("good.png");
    ImageIO.write(image, "png", good.toFile());
    Path bad = temp.resolve("bad.png");
    Files.writeString(bad, "no image");
    Result made = run("bundle", "create", "--spec", spec.toString(), "--output", bundle);
    assertThat(made.code).isEqualTo(ExitCodes.OK);
    assertThat(made.out).contains(": verified\n  - warning: source: missing (say where");

    Result tried = run("bundle", "verify", bundle, "--sample", good.toString());
    assertThat(tried.code).isEqualTo(ExitCodes.OK);
    assertThat(tried.out)
        .contains(good + ": tokens [8, 8], 1 distinct: " + "77 ".repeat(16).strip() + " ...");
    Result both =
        run("bundle", "verify", bundle, "--sample", good.toString(), "--sample", bad.toString());
    assertThat(both.code).isEqualTo(ExitCodes.NOT_VERIFIED);
    assertThat(both.out).contains("error: " + bad + ": rejected, UNKNOWN_FORMAT: ");
    Result none = run("bundle", "verify", bundle, "--sample", temp + "/none.png");
    assertThat(none.code).isEqualTo(ExitCodes.FAILED);
    assertThat(none.err).contains("/none.png: it is no file that is there (check the path)");
  }

  @Test
  void aWrongSpecificationIsAUsageError() throws Exception {
    Path spec = temp.resolve("spec.yaml");
    Files.writeString(spec, "frontend: []\nlearn: [");
    for (String[] wrong :
        new String[][] {
          {"--spec", spec.toString(), "not YAML"},
          {"--spec", temp.toString(), "it is no file that is there"},
          {"--spec", temp.resolve("none.yaml").toString(), "it is no file that is there"},
          {
            "--spec",
            spec.toString(),
            "choose one of image, audio, eeg, points",
            "--modality",
            "imgae"
          }
        }) {
      List<String> arguments =
          new ArrayList<>(List.of("fit", "--input", temp.toString(), "--output", temp + "/b"));
      arguments.addAll(List.of(wrong).subList(0, 2));
      arguments.addAll(List.of(wrong).subList(3, wrong.length));

      Result result = run(arguments.toArray(String[]::new));

      assertThat(result.code).as(wrong[2]).isEqualTo(ExitCodes.USAGE);
      assertThat(result.err).contains(wrong[2]);
    }
  }

  @Test
  void theStatusOfWhatIsNoOutputIsAnError() {
    for (String wrong : List.of(temp.toString(), temp + "/nothing")) {
      Result result = run("status", "--output", wrong);

      assertThat(result.code).isEqualTo(ExitCodes.FAILED);
      assertThat(result.err)
          .isEqualToIgnoringNewLines(
              "tessera status: Cannot show the runs of "
                  + wrong
                  + ": it is no output of tokenize (check the path; give the --output of"
                  + " tokenize)");
    }
  }

  @Test
  void theSummaryIsOneJsonObjectOnStdout() throws Exception {
    Files.createDirectory(temp.resolve("_tessera"));
    Result result = run("status", "--output", temp.toString(), "--json");

    assertThat(result.code).isZero();
    assertThat(new com.fasterxml.jackson.databind.ObjectMapper().readTree(result.out).path("runs"))
        .isEmpty();
  }

  private static Result run(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      int code = Tessera.run(args);
      return new Result(
          code,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
