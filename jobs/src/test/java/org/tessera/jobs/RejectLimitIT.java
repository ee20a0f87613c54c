package org.tessera.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.jobs.chaos.TableRows;
import org.tessera.udf.image.demo.DemoImages;

/** What the main job does with many and with few bad files, from its command line. */
class RejectLimitIT {
  private static final int GOOD = 249;

  @TempDir private static Path shared;
  private static Path bundle;
  private static List<Path> good;

  @TempDir private Path temp;

  private record Outcome(int code, String out, String err) {}

  @BeforeAll
  static void tokenizer() throws Exception {
    Path images = Files.createDirectories(shared.resolve("images"));
    DemoImages.Written written = DemoImages.write(images, 12, 1);
    good = written.images();
    for (Path bad : written.bad()) {
      Files.delete(bad);
    }
    bundle = shared.resolve("image.bundle");
    Path spec = shared.resolve("image.yaml");
    try (var in = Tessera.class.getResourceAsStream("demo/image.yaml")) {
      Files.write(spec, in.readAllBytes());
    }
    Outcome fit =
        run("fit", "--spec", spec, "--input", images, "--output", bundle, "--modality", "image");
    assertThat(fit.code).isZero();
  }

  @Test
  void halfOfTheFilesAreGarbageAndTheRunStopsWithItsOwnExitCode() throws Exception {
    Path input = Files.createDirectories(temp.resolve("input"));
    for (int i = 0; i < 300; i++) {
      Path file = input.resolve(String.format(Locale.ROOT, "%03d.png", i));
      if (i % 2 == 0) {
        Files.copy(good.get(i % good.size()), file);
      } else {
        Files.writeString(file, "garbage " + i);
      }
    }
    Path out = temp.resolve("out");

    Outcome stopped = tokenize(input, out, "0.01");

    assertThat(stopped.code).isEqualTo(ExitCodes.REJECT_LIMIT);
    assertThat(stopped.out)
        .contains("STOPPED")
        .contains("50 of 100 samples of the input are rejected, which is more than 1 %")
        .contains("--retry-rejected");
    SortedMap<String, String> rows = TableRows.of(out.toString(), new Configuration());
    assertThat(rows.keySet().stream().filter(key -> key.startsWith("tokens"))).hasSize(50);
    assertThat(rows.keySet().stream().filter(key -> key.startsWith("rejects"))).hasSize(50);
    assertThat(tokenize(input, out, "0.01").code).isEqualTo(ExitCodes.REJECT_LIMIT);
    assertThat(TableRows.of(out.toString(), new Configuration())).isEqualTo(rows);

    assertThat(tokenize(input, out, "1").code).isZero();
    SortedMap<String, String> all = TableRows.of(out.toString(), new Configuration());
    assertThat(all).containsAllEntriesOf(rows).hasSize(300);
    assertThat(run("verify", "--tokens", out).code).isZero();
  }

  @Test
  void fewBadFilesAreReportedAndTheRunEndsWell() throws Exception {
    Path input = Files.createDirectories(temp.resolve("input"));
    for (int i = 0; i < GOOD; i++) {
      Files.copy(
          good.get(i % good.size()), input.resolve(String.format(Locale.ROOT, "%03d.png", i)));
    }
    Files.writeString(input.resolve("bad.png"), "garbage");
    Path out = temp.resolve("out");

    Outcome outcome = tokenize(input, out, "0.01");

    assertThat(outcome.code).isZero();
    assertThat(outcome.out)
        .containsPattern("samples +250")
        .containsPattern("= tokenized +249 ")
        .containsPattern("\\+ rejected +1 +\\(decode/UNKNOWN_FORMAT 1\\)")
        .containsPattern("e\\.g\\. +decode/UNKNOWN_FORMAT x 1: .*bad.png")
        .doesNotContain("STOPPED");
    assertThat(run("verify", "--tokens", out).code).isZero();
  }

  @Test
  void filesOfAnotherKindAloneAreRejectedWithAWarningAndCannotBeMeasured() throws Exception {
    Path input = Files.createDirectories(temp.resolve("input"));
    Files.createFile(input.resolve("empty.wav"));
    for (int i = 0; i < 5; i++) {
      Files.writeString(input.resolve(i + ".wav"), "RIFF no image " + i);
    }
    Path out = temp.resolve("out");

    Outcome outcome = tokenize(input, out, "1");

    assertThat(outcome.code).isZero();
    assertThat(outcome.out.lines().reduce((first, last) -> last).orElseThrow())
        .matches(
            "WARNING +nothing is tokenized: all 6 samples are rejected, most as"
                + " decode/UNKNOWN_FORMAT x 5 \\(check that the inputs are of modality image, which .* reads;"
                + " see e.g. above\\)");
    Outcome bench = run("bench", "--input", input, "--tokenizer", bundle);
    assertThat(bench.code).isEqualTo(ExitCodes.FAILED);
    assertThat(bench.err)
        .contains("Cannot measure " + bundle + ": no sample of " + input + " gives it anything")
        .contains("(check that they are image), most of them decode/UNKNOWN_FORMAT x 5: file:")
        .contains("/0.wav: Cannot decode");
  }

  @Test
  void aFilterThatLeavesNothingIsNamed() throws Exception {
    Path input = Files.createDirectories(temp.resolve("input"));
    Files.copy(good.get(0), input.resolve("a.png"));
    Files.copy(good.get(1), input.resolve("_b.png"));
    Path out = temp.resolve("out");
    Object[] call = {
      "tokenize", "--input", input, "--tokenizer", bundle, "--output", out, "--include", "*.jpg"
    };

    Outcome outcome = run(call);

    assertThat(outcome.code).isZero();
    assertThat(outcome.out)
        .isEqualToIgnoringNewLines(
            "Nothing to do: none of 2 files is wanted (--include and --exclude choose, and names"
                + " that begin with . or _ are skipped)");
    call[call.length - 1] = "*.png";
    assertThat(run(call).out).containsPattern("= tokenized +1 ");
    assertThat(run(call).out)
        .isEqualToIgnoringNewLines(
            "Nothing to do: every input is tokenized or rejected already in " + out);
  }

  private static Outcome tokenize(Path input, Path out, String rate) {
    return run(
        "tokenize",
        "--input",
        input,
        "--tokenizer",
        bundle,
        "--output",
        out,
        "--wave-inputs",
        "100",
        "--max-reject-rate",
        rate);
  }

  private static Outcome run(Object... arguments) {
    List<String> call = new ArrayList<>();
    for (Object argument : arguments) {
      call.add(argument.toString());
    }
    call.addAll(List.of("--conf", "spark.master=local[2]"));
    PrintStream before = System.out;
    PrintStream errBefore = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int code = Tessera.run(call.toArray(String[]::new));
      return new Outcome(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
      System.setErr(errBefore);
    }
  }
}
