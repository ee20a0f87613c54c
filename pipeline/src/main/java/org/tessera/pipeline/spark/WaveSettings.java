package org.tessera.pipeline.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.tessera.model.bundle.Modality;
import org.tessera.model.tokenizer.TokenizerOptions.Numerics;
import org.tessera.model.tokenizer.TokenizerOptions.Trust;
import org.tessera.udf.encode.EncodeOptions;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.spark.ModelSettings;

/**
 * All that a wave's tasks need to know; crosses to executors as one JSON text.
 *
 * @param output the output's root
 * @param jobUuid the commit job
 * @param runId the run
 * @param wave the wave
 * @param modality the tokenizer's modality
 * @param tokenizer the tokenizer's name
 * @param bundle where the bundle is
 * @param identity what the bundle must be, as {@code TokenizerIdentity} writes it
 * @param sources the inputs that the run was given, as full URIs
 * @param isolation where samples are decoded
 * @param model how the model is run
 * @param encode batching and windows
 * @param limits what one sample may cost
 */
record WaveSettings(
    String output,
    String jobUuid,
    String runId,
    int wave,
    Modality modality,
    String tokenizer,
    String bundle,
    String identity,
    List<String> sources,
    Isolation isolation,
    ModelSettings model,
    EncodeOptions encode,
    Limits limits) {
  private static final ObjectMapper JSON = new ObjectMapper();

  String toJson() {
    ObjectNode node = JSON.createObjectNode();
    node.put("output", output);
    node.put("job_uuid", jobUuid);
    node.put("run", runId);
    node.put("wave", wave);
    node.put("modality", modality.id());
    node.put("tokenizer", tokenizer);
    node.put("bundle", bundle);
    node.put("identity", identity);
    sources.forEach(node.putArray("sources")::add);
    node.put("isolation", isolation.name());
    node.putObject("model")
        .put("device", model.device())
        .put("trust", model.trust().name())
        .put("numerics", model.numerics().name());
    node.putObject("encode")
        .put("batch", encode.batch())
        .put("window_samples", encode.windowSamples())
        .put("window_bytes", encode.windowBytes())
        .put("chunk_segments", encode.chunkSegments())
        .put("timeout_ms", encode.timeoutMillis());
    node.putObject("limits")
        .put("bytes", limits.bytes())
        .put("pixels", limits.pixels())
        .put("samples", limits.samples())
        .put("seconds", limits.seconds())
        .put("channels", limits.channels())
        .put("points", limits.points())
        .put("nesting", limits.nesting())
        .put("timeout_ms", limits.timeoutMillis());
    return node.toString();
  }

  static WaveSettings fromJson(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      JsonNode encode = node.path("encode");
      JsonNode limits = node.path("limits");
      List<String> sources = new ArrayList<>();
      node.path("sources").forEach(source -> sources.add(source.asText()));
      return new WaveSettings(
          node.path("output").asText(),
          node.path("job_uuid").asText(),
          node.path("run").asText(),
          node.path("wave").asInt(),
          Modality.of(node.path("modality").asText()),
          node.path("tokenizer").asText(),
          node.path("bundle").asText(),
          node.path("identity").asText(),
          sources,
          Isolation.valueOf(node.path("isolation").asText()),
          new ModelSettings(
              node.path("model").path("device").asText(),
              Trust.valueOf(node.path("model").path("trust").asText()),
              Numerics.valueOf(node.path("model").path("numerics").asText())),
          new EncodeOptions(
              encode.path("batch").asInt(),
              encode.path("window_samples").asInt(),
              encode.path("window_bytes").asLong(),
              encode.path("chunk_segments").asInt(),
              encode.path("timeout_ms").asLong()),
          new Limits(
              limits.path("bytes").asLong(),
              limits.path("pixels").asLong(),
              limits.path("samples").asLong(),
              limits.path("seconds").asDouble(),
              limits.path("channels").asInt(),
              limits.path("points").asLong(),
              limits.path("nesting").asInt(),
              limits.path("timeout_ms").asLong()));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot read wave settings: " + json, e);
    }
  }
}
