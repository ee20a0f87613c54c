package org.tessera.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts of a release, with a Java and a spark-submit that say their locale. */
class LauncherTest {
  @TempDir private Path temp;

  @BeforeEach
  void release() throws IOException {
    Files.createDirectories(temp.resolve("release/lib"));
    for (String script : new String[] {"tessera", "tessera-submit"}) {
      Path copy = temp.resolve("release/bin").resolve(script);
      Files.createDirectories(copy.getParent());
      Files.copy(Path.of("bin", script), copy);
    }
    for (String program : new String[] {"bin/java", "bin/spark-submit"}) {
      Path fake = temp.resolve(program);
      Files.createDirectories(fake.getParent());
      Files.writeString(fake, "#!/bin/sh\necho ${LC_ALL:-none}\n");
      assertThat(fake.toFile().setExecutable(true)).isTrue();
    }
  }

  /** In the POSIX locale Java could not name files beyond ASCII. */
  @ParameterizedTest
  @CsvSource({"C,C.UTF-8", "POSIX,C.UTF-8", "C.UTF-8,C.UTF-8", "nowhere.UTF-8,C.UTF-8"})
  void aLocaleOfAsciiIsReplaced(String given, String passed) throws Exception {
    assertThat(run(Map.of("LC_ALL", given), "tessera", "doctor")).isEqualTo(passed);
    assertThat(run(Map.of("LC_ALL", given), "tessera-submit", "--", "doctor")).isEqualTo(passed);
  }

  @Test
  void aLocaleOfUtf8IsKept() throws Exception {
    assertThat(run(Map.of("LC_CTYPE", "C.UTF-8"), "tessera", "doctor")).isEqualTo("none");
    assertThat(run(Map.of("LANG", "C.UTF-8"), "tessera", "doctor")).isEqualTo("none");
    assertThat(run(Map.of(), "tessera", "doctor")).isEqualTo("C.UTF-8");
  }

  private String run(Map<String, String> locale, String script, String... arguments)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", temp.resolve("release/bin").resolve(script).toString());
    builder.command().addAll(java.util.List.of(arguments));
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    builder.environment().putAll(locale);
    builder.environment().put("JAVA_HOME", temp.toString());
    builder.environment().put("SPARK_HOME", temp.toString());
    builder.redirectError(temp.resolve("errors").toFile());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(temp.resolve("errors"))).isZero();
    return output.strip();
  }
}
