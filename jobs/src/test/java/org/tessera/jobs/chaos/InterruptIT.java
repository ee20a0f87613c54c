package org.tessera.jobs.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.jobs.Tessera;
import org.tessera.udf.image.demo.DemoImages;

/** Ctrl-C while a command works. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class InterruptIT {
  private static final int IMAGES = 300;

  @TempDir private Path temp;
  private Path output;
  private String[] tokenize;

  @BeforeEach
  void tokenizer() throws Exception {
    Path images = Files.createDirectories(temp.resolve("images"));
    for (Path bad : DemoImages.write(images, IMAGES, 3).bad()) {
      Files.delete(bad);
    }
    Path spec = temp.resolve("image.yaml");
    try (var in = Tessera.class.getResourceAsStream("demo/image.yaml")) {
      Files.write(spec, in.readAllBytes());
    }
    String bundle = temp.resolve("image.bundle").toString();
    assertThat(
            run(
                "fit",
                "--spec",
                spec.toString(),
                "--input",
                images + "/*0.png",
                "--output",
                bundle))
        .isZero();
    output = temp.resolve("tokens");
    tokenize =
        new String[] {
          "tokenize",
          "--input",
          images.toString(),
          "--tokenizer",
          bundle,
          "--output",
          output.toString(),
          "--wave-inputs",
          "5"
        };
  }

  @Test
  void aRunThatIsStoppedSaysWhatIsCommittedAndIsGoneOnWith() throws Exception {
    Path waves = output.resolve("_tessera/runs/run-0001/waves");
    TesseraProcess process = TesseraProcess.start(temp.resolve("log"), onTwoCores(tokenize));
    process.awaitFile(waves.resolve("000002.json"));

    process.interrupt();

    assertThat(process.await()).as(process.log()).isEqualTo(130);
    List<String> records = names(waves);
    assertThat(records.size()).isBetween(2, IMAGES / 5 - 1);
    assertThat(process.log().lines().reduce((first, last) -> last).orElseThrow())
        .isEqualTo(
            "tessera tokenize: stopped: "
                + 5 * records.size()
                + " samples of run-0001 are committed in "
                + output
                + " (the same command goes on from there)");
    assertThat(process.log()).doesNotContain("\tat ", "Exception", "ERROR");
    Path lease = output.resolve("_tessera/lease");
    assertThat(names(lease)).hasSize(1);
    assertThat(lease.resolve(names(lease).get(0))).content().contains("\"released\":true");
    assertThat(run(tokenize)).isZero();
    assertThat(run("verify", "--tokens", output.toString())).isZero();
    assertThat(names(output.resolve("_tessera/runs"))).containsExactly("run-0001");
    assertThat(names(waves)).hasSize(IMAGES / 5);
  }

  private static int run(String... arguments) {
    return Tessera.run(onTwoCores(arguments));
  }

  private static String[] onTwoCores(String... arguments) {
    return Stream.concat(Stream.of(arguments), Stream.of("--conf", "spark.master=local[2]"))
        .toArray(String[]::new);
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(n -> !n.startsWith("."))
          .toList();
    }
  }
}
