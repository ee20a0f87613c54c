package org.tessera.pipeline.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What there is to export, and what is wrong with it. A sum. Not thread-safe. */
public final class Measured {
  private static final int EXAMPLES = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SortedMap<Integer, long[]> buckets = new TreeMap<>();
  private final SortedMap<String, Long> streams = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private long problemCount;

  /**
   * Counts a sequence.
   *
   * @param bucket its bucket of lengths
   * @param bytes what it takes in a shard
   */
  public void add(int bucket, Sequence sequence, long bytes) {
    long[] sums = buckets.computeIfAbsent(bucket, any -> new long[3]);
    sums[0]++;
    sums[1] += sequence.ids().length;
    sums[2] += bytes;
    streams.merge(sequence.source(), 1L, Long::sum);
  }

  /** Notes a problem. */
  public void problem(String message) {
    problemCount++;
    if (problems.size() < EXAMPLES) {
      problems.add(message);
    }
  }

  /** Adds another's sums. */
  public void add(Measured other) {
    other.buckets.forEach(
        (bucket, more) -> {
          long[] sums = buckets.computeIfAbsent(bucket, any -> new long[3]);
          for (int i = 0; i < sums.length; i++) {
            sums[i] += more[i];
          }
        });
    other.streams.forEach((stream, count) -> streams.merge(stream, count, Long::sum));
    other.problems.stream().filter(problem -> problems.size() < EXAMPLES).forEach(problems::add);
    problemCount += other.problemCount;
  }

  /**
   * Fails when something is wrong.
   *
   * @throws IllegalStateException with the first problems
   */
  public void check() {
    if (problemCount == 1) {
      throw new IllegalStateException(problems.get(0));
    }
    if (problemCount > 1) {
      throw new IllegalStateException(
          String.format(
              "Cannot export: %,d samples cannot be written, nothing was:%n  - %s",
              problemCount, String.join(System.lineSeparator() + "  - ", problems)));
    }
  }

  /** How many sequences were made by each template. */
  public SortedMap<String, Long> streams() {
    return new TreeMap<>(streams);
  }

  /** The buckets that have sequences. */
  public List<Integer> buckets() {
    return List.copyOf(buckets.keySet());
  }

  /** The sequences of a bucket. */
  public long sequences(int bucket) {
    return buckets.get(bucket)[0];
  }

  /** The bytes of a bucket. */
  public long bytes(int bucket) {
    return buckets.get(bucket)[2];
  }

  /** All ids. */
  public long ids() {
    return buckets.values().stream().mapToLong(sums -> sums[1]).sum();
  }

  /** All sequences. */
  public long sequences() {
    return buckets.values().stream().mapToLong(sums -> sums[0]).sum();
  }

  /** The form that crosses between machines. */
  public String toJson() {
    ObjectNode node = JSON.createObjectNode();
    ObjectNode sums = node.putObject("buckets");
    buckets.forEach(
        (bucket, values) -> {
          var array = sums.putArray(Integer.toString(bucket));
          for (long value : values) {
            array.add(value);
          }
        });
    streams.forEach(node.putObject("streams")::put);
    problems.forEach(node.putArray("problems")::add);
    node.put("problem_count", problemCount);
    return node.toString();
  }

  /** Reads {@link #toJson}'s form. */
  public static Measured fromJson(String json) {
    Measured measured = new Measured();
    try {
      JsonNode node = JSON.readTree(json);
      for (var entry : node.path("buckets").properties()) {
        long[] sums = new long[3];
        for (int i = 0; i < sums.length; i++) {
          sums[i] = entry.getValue().get(i).asLong();
        }
        measured.buckets.put(Integer.valueOf(entry.getKey()), sums);
      }
      node.path("streams")
          .properties()
          .forEach(entry -> measured.streams.put(entry.getKey(), entry.getValue().asLong()));
      node.path("problems").forEach(problem -> measured.problems.add(problem.asText()));
      measured.problemCount = node.path("problem_count").asLong();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read what a task measured: " + json, e);
    }
    return measured;
  }
}
