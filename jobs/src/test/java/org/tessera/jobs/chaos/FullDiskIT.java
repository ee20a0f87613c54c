package org.tessera.jobs.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.jobs.Tessera;
import org.tessera.udf.image.demo.DemoImages;

/**
 * A disk that gets full: a tmpfs of 16 MB, in a mount namespace of its own, for which a user must
 * be root or may have namespaces. Where neither is so, pipeline's DamageIT alone stands for it,
 * whose full disk is a test double.
 */
@Tag("chaos")
class FullDiskIT {
  private static final String MOUNT =
      "mount -t tmpfs -o size=16m tmpfs \"$0\" && touch \"$0/mounted\" && exec \"$@\"";

  @TempDir private Path temp;

  @Test
  void aDiskThatGetsFullLeavesNothingHalfDone() throws Exception {
    Path disk = Files.createDirectories(temp.resolve("disk"));
    List<String> namespace = namespace(disk);
    assumeThat(namespace).as("the right to mount a file system").isNotEmpty();
    Path images = Files.createDirectories(temp.resolve("images"));
    DemoImages.write(images, 120, 4);
    Path spec = temp.resolve("image.yaml");
    try (var in = Tessera.class.getResourceAsStream("demo/image.yaml")) {
      Files.write(spec, in.readAllBytes());
    }
    String bundle = temp.resolve("image.bundle").toString();
    assertThat(
            Tessera.run(
                "fit",
                "--spec",
                spec.toString(),
                "--input",
                images.toString(),
                "--output",
                bundle,
                "--conf",
                "spark.master=local[2]"))
        .isZero();
    String quiet = temp.resolve("quiet").toString();
    assertThat(Tessera.run(FullDiskProgram.arguments(images.toString(), bundle, quiet))).isZero();

    Path log = temp.resolve("full.log");
    List<String> command = new ArrayList<>(namespace);
    command.addAll(List.of("sh", "-c", MOUNT, disk.toString()));
    command.addAll(
        TesseraProcess.java(System.getProperty("java.class.path"), FullDiskProgram.class));
    command.addAll(List.of(disk.toString(), images.toString(), bundle, quiet));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(8, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    assertThat(Files.readString(log)).contains("all right");
    System.err.println(
        Files.readString(log).lines().filter(line -> line.contains(" rows of ")).toList());
  }

  /** How this user gets a mount namespace; empty when not at all. */
  private static List<String> namespace(Path disk) throws Exception {
    for (String options : new String[] {"-m", "-Urm"}) {
      List<String> command = List.of("unshare", options);
      List<String> trial =
          new ArrayList<>(List.of("sh", "-c", "exec \"$@\" > /dev/null 2>&1", "sh"));
      trial.addAll(command);
      trial.addAll(List.of("sh", "-c", MOUNT, disk.toString(), "true"));
      Process process = new ProcessBuilder(trial).start();
      if (process.waitFor() == 0) {
        return command;
      }
    }
    return List.of();
  }
}
