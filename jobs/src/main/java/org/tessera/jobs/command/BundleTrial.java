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
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tessera.model.engine.Finding;
import org.tessera.model.engine.ModelException;
import org.tessera.udf.api.FileTokenizer;
import org.tessera.udf.encode.SampleOutcome;

/**
 * Encodes files with a bundle, to see whether front-end, model and layout go together; each alone,
 * and then all twice together, as a job encodes many in a call.
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
      Map<Path, List<SampleOutcome>> alone = new LinkedHashMap<>();
      for (Path file : files) {
        List<SampleOutcome> outcomes = tokenizer.tokenize(file);
        SampleOutcome first = outcomes.get(0);
        if (first.isTokenized()) {
          text.append("\n  ").append(describe(file, outcomes.size(), first.tokens(), samples));
          alone.put(file, outcomes);
        } else {
          findings.add(
              Finding.error(
                  file.toString(),
                  "rejected, " + first.rejection().code() + ": " + first.rejection().getMessage()));
        }
      }
      encodeTogether(tokenizer, alone, findings);
    } catch (ModelException e) {
      findings.add(Finding.error("the model", e.getMessage()));
    }
    return text.toString();
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
        + (segments > 1 ? " in the first of " + segments + " segments" : "")
        + ", "
        + Arrays.stream(ids).distinct().count()
        + " distinct: "
        + shown
        + (ids.length > SHOWN ? " ..." : "");
  }
}
