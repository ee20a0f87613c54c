package org.tessera.model.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** ONNX Runtime starts whatever the command line of the process is. */
class OnnxEnvironmentTest {
  static final class Main {
    public static void main(String[] args) {
      System.out.println("version " + OnnxEnvironment.open().getVersion());
    }
  }

  @Test
  void aLongClassPathDoesNotEndTheProcess() throws Exception {
    String classPath =
        Arrays.stream(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"))
                    .split(File.pathSeparator))
            .filter(entry -> !entry.contains("tensorflow"))
            .collect(Collectors.joining(File.pathSeparator));
    String longer = classPath + (File.pathSeparator + "x".repeat(100)).repeat(600);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                longer,
                Main.class.getName())
            .redirectErrorStream(true)
            .start();

    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("version 1.");
  }
}
