package org.tessera.pipeline.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.tessera.model.bundle.Modality;

/**
 * What a run set out to do; written once, before its first wave. Immutable.
 *
 * @param runId the run
 * @param modality what the tokenizer reads
 * @param tokenizer the tokenizer's name
 * @param fingerprint the bundle's fingerprint
 * @param sources the inputs as they were given
 * @param inputs planned input objects
 * @param bytes their bytes, with companions
 * @param waves planned waves
 * @param companions objects that belong to another object's sample
 * @param skipped objects that a filter kept out
 * @param unchanged objects that an earlier run had done
 * @param replaces inputs whose rows replace rows of earlier runs
 * @param createdAt the time, ISO 8601
 */
public record RunManifest(
    String runId,
    Modality modality,
    String tokenizer,
    String fingerprint,
    List<String> sources,
    long inputs,
    long bytes,
    int waves,
    long companions,
    long skipped,
    long unchanged,
    long replaces,
    String createdAt) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public RunManifest {
    sources = List.copyOf(sources);
  }

  /** A run that replaces nothing. */
  public RunManifest(
      String runId,
      Modality modality,
      String tokenizer,
      String fingerprint,
      List<String> sources,
      long inputs,
      long bytes,
      int waves,
      long companions,
      long skipped,
      long unchanged,
      String createdAt) {
    this(
        runId,
        modality,
        tokenizer,
        fingerprint,
        sources,
        inputs,
        bytes,
        waves,
        companions,
        skipped,
        unchanged,
        0,
        createdAt);
  }

  /** The form on disk. */
  public String toJson() {
    ObjectNode node = JSON.createObjectNode();
    node.put("format", 1);
    node.put("run", runId);
    node.put("modality", modality.id());
    node.put("tokenizer", tokenizer);
    node.put("fingerprint", fingerprint);
    sources.forEach(node.putArray("sources")::add);
    node.put("inputs", inputs);
    node.put("bytes", bytes);
    node.put("waves", waves);
    node.put("companions", companions);
    node.put("skipped", skipped);
    node.put("unchanged", unchanged);
    node.put("replaces", replaces);
    node.put("created_at", createdAt);
    return node.toPrettyString() + "\n";
  }

  /**
   * Reads the form on disk.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static RunManifest fromJson(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      List<String> sources = new ArrayList<>();
      node.path("sources").forEach(source -> sources.add(source.asText()));
      return new RunManifest(
          node.path("run").asText(),
          Modality.of(node.path("modality").asText()),
          node.path("tokenizer").asText(),
          node.path("fingerprint").asText(),
          sources,
          node.path("inputs").asLong(),
          node.path("bytes").asLong(),
          node.path("waves").asInt(),
          node.path("companions").asLong(),
          node.path("skipped").asLong(),
          node.path("unchanged").asLong(),
          node.path("replaces").asLong(),
          node.path("created_at").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot read a run manifest: " + json, e);
    }
  }
}
