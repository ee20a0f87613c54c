package org.tessera.pipeline.fit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a fit did. Immutable.
 *
 * @param name the tokenizer
 * @param inputs how many inputs there were
 * @param inputsRead how many were read before there were enough vectors
 * @param samples how many samples were learned from
 * @param rejects how many samples were bad, by phase and code
 * @param vectors how many vectors were learned from
 * @param dimensions the length of a vector before the transform
 * @param kept the dimensions after it
 * @param keptVariance the share of the variance that the transform keeps, from 0 to 1
 * @param passes every pass of every codebook
 * @param fingerprint the learned bundle's fingerprint; empty before it is written
 */
public record FitReport(
    String name,
    long inputs,
    long inputsRead,
    long samples,
    SortedMap<String, Long> rejects,
    long vectors,
    int dimensions,
    int kept,
    double keptVariance,
    List<PassReport> passes,
    String fingerprint) {
  public FitReport {
    rejects = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(rejects));
    passes = List.copyOf(passes);
  }

  /** The last pass of each codebook: how good the exported codes are on what they learned from. */
  public List<PassReport> results() {
    TreeMap<Integer, PassReport> last = new TreeMap<>();
    passes.forEach(pass -> last.put(pass.codebook(), pass));
    return new ArrayList<>(last.values());
  }

  /** The report of the written bundle. */
  FitReport withFingerprint(String newFingerprint) {
    return new FitReport(
        name,
        inputs,
        inputsRead,
        samples,
        rejects,
        vectors,
        dimensions,
        kept,
        keptVariance,
        passes,
        newFingerprint);
  }

  /** The report as a JSON object; the names are those of the components, with underscores. */
  public ObjectNode toJson() {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("name", name);
    if (!fingerprint.isEmpty()) {
      node.put("fingerprint", fingerprint);
    }
    node.put("inputs", inputs).put("inputs_read", inputsRead).put("samples", samples);
    rejects.forEach(node.putObject("rejects")::put);
    node.put("vectors", vectors).put("dimensions", dimensions);
    node.put("kept", kept).put("kept_variance", keptVariance);
    ArrayNode codebooks = node.putArray("codebooks");
    results().forEach(result -> write(codebooks.addObject(), result));
    ArrayNode all = node.putArray("passes");
    passes.forEach(pass -> write(all.addObject(), pass));
    return node;
  }

  private static void write(ObjectNode node, PassReport pass) {
    node.put("codebook", pass.codebook())
        .put("pass", pass.pass())
        .put("loss", pass.loss())
        .put("codes", pass.codes())
        .put("used", pass.used())
        .put("perplexity", pass.perplexity())
        .put("revived", pass.revived());
  }
}
