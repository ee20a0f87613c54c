package org.tessera.pipeline.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleKey;

/**
 * Inputs with equal bytes in one task: one of each group is read, and what becomes of its samples
 * is written for the others too, each under its own name. Used by one thread.
 */
final class SharedReadings {
  /** Takes outcomes in the order in which they are to be written. */
  @FunctionalInterface
  interface Target {
    void write(SampleOutcome outcome) throws IOException;
  }

  private final Map<String, PlannedInput> read = new HashMap<>();
  private final Map<String, List<PlannedInput>> copies = new HashMap<>();
  private final List<PlannedInput> leaders = new ArrayList<>();
  private final ObjectReader reader;
  private final Target target;
  private final List<SampleOutcome> sample = new ArrayList<>();

  SharedReadings(Iterator<PlannedInput> inputs, ObjectReader reader, Target target) {
    this.reader = reader;
    this.target = target;
    while (inputs.hasNext()) {
      PlannedInput input = inputs.next();
      if (input.copyOf().isEmpty()) {
        leaders.add(input);
        read.put(input.object().uri(), input);
      } else {
        copies.computeIfAbsent(input.copyOf(), uri -> new ArrayList<>()).add(input);
      }
    }
  }

  /** The inputs to read. */
  Iterator<PlannedInput> inputs() {
    return leaders.iterator();
  }

  /** Writes an outcome, and those of the copies when its sample is complete. */
  void write(SampleOutcome outcome) throws IOException {
    if (copies.isEmpty()) {
      target.write(outcome);
      return;
    }
    if (!sample.isEmpty() && !sameSample(sample.get(0).key(), outcome.key())) {
      flush();
    }
    target.write(outcome);
    if (copies.containsKey(outcome.key().uri())) {
      sample.add(outcome);
    }
  }

  /** Writes what is left. */
  void flush() throws IOException {
    if (sample.isEmpty()) {
      return;
    }
    String uri = sample.get(0).key().uri();
    for (PlannedInput copy : copies.get(uri)) {
      SampleException problem = problem(copy);
      if (problem != null) {
        target.write(rejected(copy, problem));
      } else {
        for (SampleOutcome outcome : sample) {
          target.write(renamed(outcome, read.get(uri), copy));
        }
      }
    }
    sample.clear();
  }

  /** Why a copy cannot have the outcome of what was read; null when it can. */
  private SampleException problem(PlannedInput copy) throws IOException {
    SampleOutcome first = sample.get(0);
    if (!first.isTokenized() && first.rejection().phase() == Phase.FETCH) {
      return SampleException.passing(
          Phase.FETCH,
          RejectCode.UNREADABLE,
          "Cannot share the tokens of "
              + first.key().uri()
              + ", which has the same bytes: "
              + first.rejection().getMessage()
              + " (--retry-rejected reads this one itself)");
    }
    try {
      reader.checkUnchanged(copy.object());
      return null;
    } catch (SampleException e) {
      return e;
    }
  }

  private SampleOutcome rejected(PlannedInput copy, SampleException problem) {
    SampleKey key = new SampleKey(copy.object().uri(), sample.get(0).key().member(), 0, -1);
    return SampleOutcome.rejected(key, "", problem);
  }

  private static SampleOutcome renamed(
      SampleOutcome outcome, PlannedInput leader, PlannedInput copy) {
    SampleKey old = outcome.key();
    SampleKey key = new SampleKey(copy.object().uri(), old.member(), old.segment(), old.channel());
    if (!outcome.isTokenized()) {
      return SampleOutcome.rejected(key, outcome.contentSha256(), outcome.rejection());
    }
    SampleOutcome.Tokens tokens = outcome.tokens();
    SortedMap<String, String> labels = new TreeMap<>(tokens.labels());
    labels.keySet().removeAll(leader.labels().keySet());
    labels.putAll(copy.labels());
    return SampleOutcome.tokenized(key, outcome.contentSha256(), tokens.withLabels(labels));
  }

  private static boolean sameSample(SampleKey one, SampleKey other) {
    return one.uri().equals(other.uri()) && one.member().equals(other.member());
  }
}
