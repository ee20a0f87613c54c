package org.tessera.pipeline.spark.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** All shards of an export: their names, numbers, and how many sequences each has. Immutable. */
final class ShardPlan implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final long[][] sequences;
  private final String[] prefixes;
  private final int[] firstNumber;
  private final long[] firstIndex;
  private final int shards;
  private final long total;
  private final long ids;

  /** A shard: its number, name, and the first of its sequences. */
  record Shard(int number, String name, long first, long sequences) {}

  private ShardPlan(long[][] sequences, String[] prefixes, long ids) {
    this.sequences = sequences;
    this.prefixes = prefixes;
    this.firstNumber = new int[sequences.length];
    this.firstIndex = new long[sequences.length];
    int number = 0;
    long index = 0;
    for (int part = 0; part < sequences.length; part++) {
      firstNumber[part] = number;
      firstIndex[part] = index;
      number += sequences[part].length;
      for (long count : sequences[part]) {
        index += count;
      }
    }
    this.shards = number;
    this.total = index;
    this.ids = ids;
  }

  /**
   * A plan from what the cutting tasks reported.
   *
   * @throws IllegalStateException when a sequence does not fit a shard
   */
  static ShardPlan of(List<String> reports, Parts parts, List<Integer> buckets) {
    long[][] sequences = new long[parts.numPartitions()][0];
    SortedMap<Integer, String> problems = new TreeMap<>();
    long ids = 0;
    for (String report : reports) {
      try {
        JsonNode node = JSON.readTree(report);
        int part = node.path("part").asInt();
        if (node.has("problem")) {
          problems.put(part, node.path("problem").asText());
        }
        List<Long> counts = new ArrayList<>();
        for (JsonNode shard : node.path("shards")) {
          counts.add(shard.path("sequences").asLong());
          ids += shard.path("ids").asLong();
        }
        sequences[part] = counts.stream().mapToLong(Long::longValue).toArray();
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("Cannot read a task's report: " + report, e);
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalStateException(problems.get(problems.firstKey()));
    }
    String[] prefixes = new String[parts.numPartitions()];
    for (int part = 0; part < prefixes.length; part++) {
      prefixes[part] = prefix(buckets, parts.bucket(part));
    }
    return new ShardPlan(sequences, prefixes, ids);
  }

  private static String prefix(List<Integer> buckets, int bucket) {
    if (buckets.isEmpty()) {
      return "shard-";
    }
    return bucket < buckets.size()
        ? String.format(Locale.ROOT, "upto%06d-shard-", buckets.get(bucket))
        : String.format(Locale.ROOT, "over%06d-shard-", buckets.get(bucket - 1));
  }

  /** The shards of a part. */
  List<Shard> shards(int part) {
    List<Shard> own = new ArrayList<>();
    long first = firstIndex[part];
    for (int i = 0; i < sequences[part].length; i++) {
      int number = firstNumber[part] + i;
      own.add(
          new Shard(
              number,
              prefixes[part] + String.format(Locale.ROOT, "%06d", number),
              first,
              sequences[part][i]));
      first += sequences[part][i];
    }
    return own;
  }

  /** The number of shards. */
  int count() {
    return shards;
  }

  /** The number of sequences. */
  long sequences() {
    return total;
  }

  /** The number of ids, with padding. */
  long ids() {
    return ids;
  }
}
