package org.tessera.pipeline.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import org.tessera.udf.encode.EncodeTimes;
import org.tessera.udf.sample.SampleException;

/**
 * What became of some samples, and the time it took. A sum: {@link #add} is associative and
 * commutative. Not thread-safe.
 */
public final class Counts {
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
    "write_ns"
  };

  private final SortedMap<String, Long> values = new TreeMap<>();
  private final SortedMap<String, Long> rejects = new TreeMap<>();

  /** Adds to one part. */
  public void add(String name, long amount) {
    values.merge(name, amount, Long::sum);
  }

  /** Counts one rejection under {@code phase/code}. */
  public void reject(SampleException rejection) {
    rejects.merge(rejection.phase().id() + "/" + rejection.code().name(), 1L, Long::sum);
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

  /** Adds another sum. */
  public void add(Counts other) {
    other.values.forEach(this::add);
    other.rejects.forEach((key, count) -> rejects.merge(key, count, Long::sum));
  }

  /** One part; 0 when nothing was added. */
  public long value(String name) {
    return values.getOrDefault(name, 0L);
  }

  /** Rejections by {@code phase/code}. */
  public SortedMap<String, Long> rejects() {
    return new TreeMap<>(rejects);
  }

  /** As a JSON object. */
  public ObjectNode toNode() {
    ObjectNode node = JSON.createObjectNode();
    for (String name : NAMES) {
      node.put(name, value(name));
    }
    rejects.forEach(node.putObject("rejects")::put);
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
