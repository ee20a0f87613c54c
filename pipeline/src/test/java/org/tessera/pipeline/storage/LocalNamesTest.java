package org.tessera.pipeline.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.NameFilter;
import org.tessera.pipeline.plan.PlannedInput.ObjectState;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.udf.sample.SampleException;

/** Processes in the POSIX locale, whose Java knows ASCII names only, and in one of UTF-8. */
class LocalNamesTest {
  private static final String ADVICE =
      "(start it with LC_ALL=C.UTF-8, and executors with spark.executorEnv.LC_ALL=C.UTF-8";

  @TempDir private Path temp;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(temp.resolve("words/日本"));
    for (String name : List.of("a.png", "ü€.jpg", "日本/b.png")) {
      Files.writeString(temp.resolve("words").resolve(name), name);
    }
  }

  @Test
  void anyNameIsListedAndReadInUtf8() throws Exception {
    assertThat(run("C.UTF-8", "list", "words"))
        .containsExactly("a.png", "ü€.jpg", "日本/b.png", "0 skipped");
    assertThat(run("C.UTF-8", "list", "words/*.jpg")).containsExactly("ü€.jpg", "0 skipped");
    assertThat(run("C.UTF-8", "read", "words/ü€.jpg")).containsExactly("9 bytes");
  }

  @Test
  void aNameThatCannotBeReadFailsTheListing() throws Exception {
    for (String input : List.of("words", "words/*.jpg")) {
      assertThat(run("C", "list", input))
          .singleElement()
          .asString()
          .startsWith("Cannot list ")
          .contains(temp.resolve("words") + ": its ")
          .contains(" has a name that is not in this process's character set ANSI_X3.4-1968 ")
          .endsWith(ADVICE + "; or rename it, or leave it out with --exclude)");
    }
    assertThat(run("C", "list", "words/*.png")).containsExactly("a.png", "0 skipped");
    assertThat(run("C", "list", "words", "a.*")).containsExactly("a.png", "2 skipped");
  }

  /** An executor whose locale is not the driver's. */
  @Test
  void aPlannedNameThatCannotBeWrittenIsRejected() throws Exception {
    assertThat(run("C", "read", "words/a.png")).containsExactly("5 bytes");
    assertThat(run("C", "read", "words/ü€.jpg"))
        .containsExactly(
            "UNREADABLE true Cannot read the planned object: its name is not in this process's"
                + " character set ANSI_X3.4-1968 "
                + ADVICE
                + ", then --retry-rejected)");
  }

  private List<String> run(String locale, String action, String path, String... filter)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Program.class.getName(),
            action,
            temp.toString(),
            URLEncoder.encode(path, StandardCharsets.UTF_8),
            String.join("", filter));
    builder.environment().put("LC_ALL", locale);
    builder.redirectError(temp.resolve("errors").toFile());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(temp.resolve("errors"))).isZero();
    return output.lines().toList();
  }

  /** Arguments: action, folder, encoded path in it, a pattern of names or nothing. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException {
      String path = arguments[1] + "/" + URLDecoder.decode(arguments[2], StandardCharsets.UTF_8);
      String found =
          arguments[0].equals("list") ? listed(arguments[1], path, arguments[3]) : read(path);
      new PrintStream(System.out, true, StandardCharsets.UTF_8).println(found);
    }

    private static String listed(String folder, String path, String pattern) {
      List<String> includes = pattern.isEmpty() ? List.of() : List.of(pattern);
      InputLister lister =
          new InputLister(new Configuration(), new NameFilter(includes, List.of()), Modality.IMAGE);
      StringBuilder names = new StringBuilder();
      int prefix = ("file:" + folder + "/words/").length();
      try {
        lister.list(
            path, input -> names.append(input.object().uri().substring(prefix)).append('\n'));
      } catch (IOException e) {
        return e.getMessage();
      }
      return names.append(lister.skipped()).append(" skipped").toString();
    }

    private static String read(String path) throws IOException {
      long size = path.endsWith("/a.png") ? 5 : 9;
      ObjectReader reader = new ObjectReader(new Configuration(), 1000, 1000);
      try (InputStream in = reader.open(new ObjectState("file:" + path, size, 0, ""))) {
        return in.readAllBytes().length + " bytes";
      } catch (SampleException e) {
        return e.code() + " " + e.isTransient() + " " + e.getMessage();
      }
    }
  }
}
