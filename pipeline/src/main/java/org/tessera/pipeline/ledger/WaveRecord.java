package org.tessera.pipeline.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A committed wave. Immutable but for its counts, which are not to be changed.
 *
 * @param wave its number, from 1
 * @param inputs input objects read
 * @param counts what became of their samples
 * @param files every data file of the wave
 * @param seconds wall time
 * @param device the device that ran the model
 * @param threads threads that decoded and inferred, over all executors that took part; 0 when
 *     unknown
 * @param applicationId Spark's application
 * @param committedAt the time, ISO 8601
 */
public record WaveRecord(
    int wave,
    long inputs,
    Counts counts,
    List<DataFile> files,
    double seconds,
    String device,
    int threads,
    String applicationId,
    String committedAt) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public WaveRecord {
    files = List.copyOf(files);
  }

  /**
   * A Parquet file.
   *
   * @param path below the output
   * @param rows its rows
   * @param bytes its size
   * @param digest the sum of its rows' digests (see {@code RowDigest}), hex; empty when unknown
   */
  public record DataFile(String path, long rows, long bytes, String digest) {
    /** A file whose digest is unknown. */
    public DataFile(String path, long rows, long bytes) {
      this(path, rows, bytes, "");
    }
  }

  /** The form on disk. */
  public String toJson() {
    ObjectNode node = JSON.createObjectNode();
    node.put("format", 1);
    node.put("wave", wave);
    node.put("inputs", inputs);
    node.set("counts", counts.toNode());
    var array = node.putArray("files");
    for (DataFile file : files) {
      array
          .addObject()
          .put("path", file.path())
          .put("rows", file.rows())
          .put("bytes", file.bytes())
          .put("digest", file.digest());
    }
    node.put("seconds", seconds);
    node.put("device", device);
    node.put("threads", threads);
    node.put("application_id", applicationId);
    node.put("committed_at", committedAt);
    return node.toPrettyString() + "\n";
  }

  /**
   * Reads the form on disk.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static WaveRecord fromJson(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      List<DataFile> files = new ArrayList<>();
      for (JsonNode file : node.path("files")) {
        files.add(
            new DataFile(
                file.path("path").asText(),
                file.path("rows").asLong(),
                file.path("bytes").asLong(),
                file.path("digest").asText("")));
      }
      return new WaveRecord(
          node.path("wave").asInt(),
          node.path("inputs").asLong(),
          Counts.fromNode(node.path("counts")),
          files,
          node.path("seconds").asDouble(),
          node.path("device").asText(),
          node.path("threads").asInt(),
          node.path("application_id").asText(),
          node.path("committed_at").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot read a wave record: " + json, e);
    }
  }
}
