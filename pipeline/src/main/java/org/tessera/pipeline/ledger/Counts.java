package org.tessera.pipeline.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import org.tessera.udf.encode.EncodeTimes;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleKey;

/**
 * What became of some samples, and the time it took. A sum: {@link #add} is associative and
 * commutative. Not thread-safe.
 */
public final class Counts {
  /** Where prefixes beyond the first thousand are counted; never judged. */
  static final String OTHERS = "(others)";

  private static final int MAX_PREFIXES = 1000;
  private static final int EXAMPLE = 400;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The names of the parts, in the order that people read them. */
  private static final String[] NAMES = {
    "samples",
    "tokenized",
    "rejected",
    "rows",
    "tokens",
    "bytes",
    "batches",
    "signal_us",
    "checked_ids",
    "differing_ids",
    "fetch_ns",
    "decode_ns",
    "infer_ns",
    "wait_ns",
    "write_ns",
    "core_ns"
  };

  private final SortedMap<String, Long> values = new TreeMap<>();
  private final SortedMap<String, Long> rejects = new TreeMap<>();
  private final SortedMap<String, String> examples = new TreeMap<>();
  private final SortedMap<String, Rate> prefixes = new TreeMap<>();

  /** Samples of one part of the input, and how many of them were rejected. */
  public record Rate(long samples, long rejected) {
    Rate plus(Rate other) {
      return new Rate(samples + other.samples, rejected + other.rejected);
    }
  }

  /** Adds to one part. */
  public void add(String name, long amount) {
    values.merge(name, amount, Long::sum);
  }

  /** Counts one rejection under {@code phase/code}; keeps one of them as its example. */
  public void reject(SampleKey key, SampleException rejection) {
    String kind = rejection.phase().id() + "/" + rejection.code().name();
    rejects.merge(kind, 1L, Long::sum);
    String place = key.member().isEmpty() ? key.uri() : key.uri() + "!" + key.member();
    String text = place + ": " + rejection.getMessage();
    examples.merge(kind, text.substring(0, Math.min(text.length(), EXAMPLE)), Counts::first);
  }

  /** Counts one rejection of a kind, {@code phase/code}. */
  public void reject(String kind) {
    rejects.merge(kind, 1L, Long::sum);
  }

  /** Takes a part of this sum away again. */
  public void subtract(Counts part) {
    part.values.forEach((name, amount) -> add(name, -amount));
    part.rejects.forEach(
        (kind, count) -> {
          rejects.merge(kind, -count, Long::sum);
          if (rejects.get(kind) == 0) {
            rejects.remove(kind);
            examples.remove(kind);
          }
        });
    part.prefixes.forEach((prefix, rate) -> addPrefix(prefix, -rate.samples(), -rate.rejected()));
  }

  /** Counts samples of a part of the input. */
  public void addPrefix(String prefix, long samples, long rejected) {
    String key = prefixes.containsKey(prefix) || prefixes.size() < MAX_PREFIXES ? prefix : OTHERS;
    prefixes.merge(key, new Rate(samples, rejected), Rate::plus);
  }

  /** Adds the times of an encoder. */
  public void addTimes(EncodeTimes times) {
    add("bytes", times.bytes.sum());
    add("batches", times.batches.sum());
    add("signal_us", times.signalMicros.sum());
    add("checked_ids", times.checkedIds.sum());
    add("differing_ids", times.differingIds.sum());
    add("fetch_ns", times.fetch.sum());
    add("decode_ns", times.decode.sum());
    add("infer_ns", times.infer.sum());
    add("wait_ns", times.wait.sum());
  }

  /** Calls with each part and its value, zeros too. */
  public void forEach(ObjLongConsumer<String> action) {
    for (String name : NAMES) {
      action.accept(name, value(name));
    }
  }

  /** Adds the time that some cores were there for the work, whether they worked or not. */
  public void addCores(double seconds, int cores) {
    add("core_ns", Math.round(seconds * 1e9) * cores);
  }

  /** Adds another sum. */
  public void add(Counts other) {
    other.values.forEach(this::add);
    other.rejects.forEach((key, count) -> rejects.merge(key, count, Long::sum));
    other.examples.forEach((key, example) -> examples.merge(key, example, Counts::first));
    other.prefixes.forEach((key, rate) -> addPrefix(key, rate.samples(), rate.rejected()));
  }

  private static String first(String left, String right) {
    return left.compareTo(right) <= 0 ? left : right;
  }

  /** One part; 0 when nothing was added. */
  public long value(String name) {
    return values.getOrDefault(name, 0L);
  }

  /** Rejections by {@code phase/code}. */
  public SortedMap<String, Long> rejects() {
    return new TreeMap<>(rejects);
  }

  /** What was rejected, the most frequent first: a kind, how often, and where and why one was. */
  public List<String> rejections() {
    Comparator<Map.Entry<String, Long>> mostFirst =
        Map.Entry.comparingByValue(Comparator.reverseOrder());
    return rejects.entrySet().stream()
        .sorted(mostFirst.thenComparing(Map.Entry.comparingByKey()))
        .map(
            kind ->
                String.format(
                    Locale.ROOT,
                    "%s x %,d: %s",
                    kind.getKey(),
                    kind.getValue(),
                    examples.getOrDefault(kind.getKey(), "")))
        .toList();
  }

  /** Samples by the part of the input that they came from; see {@link SourcePrefixes}. */
  public SortedMap<String, Rate> prefixes() {
    return new TreeMap<>(prefixes);
  }

  /** As a JSON object. */
  public ObjectNode toNode() {
    ObjectNode node = JSON.createObjectNode();
    for (String name : NAMES) {
      node.put(name, value(name));
    }
    rejects.forEach(node.putObject("rejects")::put);
    examples.forEach(node.putObject("examples")::put);
    ObjectNode parts = node.putObject("prefixes");
    prefixes.forEach(
        (prefix, rate) -> parts.putArray(prefix).add(rate.samples()).add(rate.rejected()));
    return node;
  }

  /** Reads {@link #toNode}'s form. */
  public static Counts fromNode(JsonNode node) {
    Counts counts = new Counts();
    for (String name : NAMES) {
      counts.add(name, node.path(name).asLong());
    }
    node.path("rejects")
        .properties()
        .forEach(entry -> counts.rejects.put(entry.getKey(), entry.getValue().asLong()));
    node.path("examples")
        .properties()
        .forEach(entry -> counts.examples.put(entry.getKey(), entry.getValue().asText()));
    node.path("prefixes")
        .properties()
        .forEach(
            entry ->
                counts.addPrefix(
                    entry.getKey(),
                    entry.getValue().path(0).asLong(),
                    entry.getValue().path(1).asLong()));
    return counts;
  }

  /** Reads {@link #toNode}'s form as text. */
  public static Counts fromJson(String json) {
    try {
      return fromNode(JSON.readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot read counts: " + json, e);
    }
  }
}
