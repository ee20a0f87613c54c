package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tessera.model.engine.Finding;
import org.tessera.model.engine.ModelException;
import org.tessera.model.tokenizer.Latents;
import org.tessera.udf.api.FileTokenizer;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.sample.SampleException;

/**
 * Encodes files with a bundle, to see whether front-end, model and layout go together; each alone,
 * and then all twice together, as a job encodes many in a call. An encoder without a quantizer
 * shows its latents.
 */
final class BundleTrial {
  /** How many ids are shown. */
  private static final int SHOWN = 16;

  private final List<Path> files;

  BundleTrial(List<Path> files) throws NoSuchFileException {
    this.files = files;
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new NoSuchFileException(
            "Cannot read sample " + file + ": it is no file that is there (check the path)");
      }
    }
  }

  /**
   * Encodes them.
   *
   * @param bundle a verified bundle
   * @param findings gets what went wrong
   * @param node gets what came out
   * @return a line for each file that was encoded
   */
  String run(Path bundle, List<Finding> findings, ObjectNode node) throws IOException {
    StringBuilder text = new StringBuilder();
    try (FileTokenizer tokenizer = FileTokenizer.open(bundle)) {
      ArrayNode samples = node.putArray("samples");
      if (tokenizer.manifest().isEncoder()) {
        for (Path file : files) {
          text.append(latents(tokenizer, file, findings, samples));
        }
        return text.toString();
      }
      Map<Path, List<SampleOutcome>> alone = new LinkedHashMap<>();
      for (Path file : files) {
        List<SampleOutcome> outcomes = tokenizer.tokenize(file);
        SampleOutcome first = outcomes.get(0);
        if (first.isTokenized()) {
          text.append("\n  ").append(describe(file, outcomes.size(), first.tokens(), samples));
          alone.put(file, outcomes);
        } else {
          findings.add(rejected(file, first.rejection()));
        }
      }
      encodeTogether(tokenizer, alone, findings);
    } catch (ModelException e) {
      findings.add(Finding.error("the model", e.getMessage()));
    }
    return text.toString();
  }

  private static Finding rejected(Path file, SampleException rejection) {
    return Finding.error(
        file.toString(), "rejected, " + rejection.code() + ": " + rejection.getMessage());
  }

  private static String latents(
      FileTokenizer tokenizer, Path file, List<Finding> findings, ArrayNode samples)
      throws IOException {
    List<Latents> latents;
    try {
      latents = tokenizer.latents(file);
    } catch (SampleException e) {
      findings.add(rejected(file, e));
      return "";
    }
    Latents first = latents.get(0);
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (float value : first.values()) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    if (!Double.isFinite(least + most)) {
      findings.add(Finding.error(file.toString(), "the model's latents are not all finite"));
    }
    ObjectNode sample = samples.addObject();
    sample.put("file", file.toString());
    sample.put("segments", latents.size());
    Arrays.stream(first.shape()).forEach(sample.putArray("shape")::add);
    sample.put("least", least).put("most", most);
    return String.format(
        Locale.ROOT,
        "%n  %s: latents %s%s, from %.4g to %.4g",
        file,
        Arrays.toString(first.shape()),
        among(latents.size()),
        least,
        most);
  }

  private static String among(int segments) {
    return segments > 1 ? " in the first of " + segments + " segments" : "";
  }

  private static void encodeTogether(
      FileTokenizer tokenizer, Map<Path, List<SampleOutcome>> alone, List<Finding> findings)
      throws IOException {
    List<Path> twice = new ArrayList<>(alone.keySet());
    twice.addAll(alone.keySet());
    Iterator<SampleOutcome> together;
    try {
      together = tokenizer.tokenize(twice).iterator();
    } catch (ModelException e) {
      findings.add(
          Finding.error(
              "the model",
              "it takes one sample, but not two in a call (write batch: 1 for it): "
                  + e.getMessage()));
      return;
    }
    for (Path file : twice) {
      int all = 0;
      int others = 0;
      for (SampleOutcome outcome : alone.get(file)) {
        int[] own = outcome.tokens().ids();
        int[] beside = together.next().tokens().ids();
        all += own.length;
        others += (int) IntStream.range(0, own.length).filter(i -> own[i] != beside[i]).count();
      }
      if (others > 0) {
        findings.add(
            Finding.warning(
                file.toString(),
                others
                    + " of "
                    + all
                    + " ids are others when samples share a call (a few are near ties, which"
                    + " tokenize --deterministic avoids; more mean that the model looks across the"
                    + " batch: write batch: 1 for it)"));
      }
    }
  }

  private static String describe(
      Path file, int segments, SampleOutcome.Tokens tokens, ArrayNode samples) {
    int[] ids = tokens.ids();
    ObjectNode sample = samples.addObject();
    sample.put("file", file.toString());
    sample.put("segments", segments);
    Arrays.stream(tokens.shape()).forEach(sample.putArray("shape")::add);
    Arrays.stream(ids).forEach(sample.putArray("tokens")::add);
    String shown =
        Arrays.stream(ids)
            .limit(SHOWN)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(" "));
    return file
        + ": tokens "
        + Arrays.toString(tokens.shape())
        + among(segments)
        + ", "
        + Arrays.stream(ids).distinct().count()
        + " distinct: "
        + shown
        + (ids.length > SHOWN ? " ..." : "");
  }
}
