package org.tessera.udf.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.model.bundle.Step;
import org.tessera.udf.audio.AudioFrontEnd;
import org.tessera.udf.eeg.EegFrontEnd;
import org.tessera.udf.image.ImageFrontEnd;
import org.tessera.udf.points.PointsFrontEnd;
import org.tessera.udf.sample.Limits;

/** {@code STEPS.md} has every step and every parameter that the front-ends take. */
class StepsDocumentTest {
  private static final Pattern READ =
      Pattern.compile(
          "parameters\\s*\\.(?:has|integer|requiredInteger|number|requiredNumber|text|choice|flag"
              + "|numbers|texts)\\(\\s*\"([a-z_]+)\"|positive\\(parameters, \"([a-z_]+)\"");

  @ParameterizedTest
  @CsvSource({"Images,image", "Audio,audio", "EEG and MEG,eeg", "Points,points"})
  void hasEveryStepAndParameter(String title, String modality) throws IOException {
    String section = section(title);
    Set<String> steps = new TreeSet<>();
    for (String line : section.lines().filter(row -> row.startsWith("| `")).toList()) {
      steps.addAll(quoted(line.substring(0, line.indexOf('|', 1))));
    }
    assertThat(steps).isEqualTo(known(modality));
    assertThat(quoted(section)).containsAll(parameters(modality));
  }

  private static String section(String title) throws IOException {
    String document = Files.readString(Path.of("STEPS.md"));
    int start = document.indexOf("## " + title + "\n");
    assertThat(start).isNotNegative();
    int end = document.indexOf("\n## ", start);
    return document.substring(start, end < 0 ? document.length() : end);
  }

  private static Set<String> quoted(String text) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = Pattern.compile("`([a-z_]+)`").matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  /** The names that the refusal of an unknown one lists. */
  private static Set<String> known(String modality) {
    List<Step> steps = List.of(new Step("zzzzzzzzzz", new TreeMap<>()));
    String message =
        catchThrowable(
                () -> {
                  switch (modality) {
                    case "image" -> ImageFrontEnd.of(steps, Limits.DEFAULT);
                    case "audio" -> AudioFrontEnd.of(steps, Limits.DEFAULT);
                    case "eeg" -> EegFrontEnd.of(steps, Limits.DEFAULT);
                    default -> PointsFrontEnd.of(steps, Limits.DEFAULT);
                  }
                })
            .getMessage();
    String names = message.substring(message.indexOf("choose one of ") + 14, message.length() - 1);
    return new TreeSet<>(List.of(names.split(", ")));
  }

  /** What the sources of a modality read from {@link StepParameters}. */
  private static Set<String> parameters(String modality) throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files =
        Files.walk(Path.of("src/main/java/org/tessera/udf").resolve(modality))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        Matcher matcher = READ.matcher(Files.readString(file));
        while (matcher.find()) {
          found.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
      }
    }
    assertThat(found).hasSizeGreaterThan(8);
    return found;
  }
}
