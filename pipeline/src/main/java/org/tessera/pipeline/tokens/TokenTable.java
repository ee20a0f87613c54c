package org.tessera.pipeline.tokens;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.tessera.pipeline.storage.Fields;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.sample.SampleKey;

/** The token table; its columns are specified in {@code pipeline/FORMAT.md}. */
public final class TokenTable {
  /** The version of the schema; it changes when a column changes its meaning. */
  public static final int SCHEMA_VERSION = 1;

  /** The columns. */
  public static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message tessera_tokens {
            required binary sample_id (STRING);
            required binary uri (STRING);
            required binary member (STRING);
            required int32 segment;
            required int32 channel;
            required double start_s;
            required double end_s;
            required binary content_sha256 (STRING);
            required group tokens (LIST) { repeated group list { required int32 element; } }
            required group shape (LIST) { repeated group list { required int32 element; } }
            optional group quantization_error (LIST) {
              repeated group list { required float element; } }
            required binary geometry (STRING);
            required group labels (MAP) {
              repeated group key_value {
                required binary key (STRING); required binary value (STRING); } }
            optional group neighbours (LIST) { repeated group list { required int32 element; } }
            optional group perturbed (LIST) { repeated group list { required int32 element; } }
          }
          """);

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build());

  private static final Map<String, String> COLUMNS =
      Map.ofEntries(
          Map.entry("sample_id", "stable id of uri, member, segment and channel"),
          Map.entry("uri", "the input object"),
          Map.entry("member", "the path inside a container, empty for a loose object"),
          Map.entry("segment", "the segment's number in the file, from 0"),
          Map.entry("channel", "the channel, -1 when the row holds all"),
          Map.entry("start_s", "start in seconds, 0 for signals without time"),
          Map.entry("end_s", "end in seconds, 0 for signals without time"),
          Map.entry("content_sha256", "digest of the bytes that were tokenized"),
          Map.entry("tokens", "ids, 0-based, row-major over shape"),
          Map.entry("shape", "extents of the tokenizer's axes"),
          Map.entry("quantization_error", "mean squared error after each level, or null"),
          Map.entry("geometry", "what decoding back needs, JSON"),
          Map.entry("labels", "pass-through columns by name"),
          Map.entry("neighbours", "the best codes of each id, best first, or null"),
          Map.entry("perturbed", "ids drawn among their best codes, or null"));

  private TokenTable() {}

  /** What a column holds, in a few words. */
  public static String describe(String column) {
    return COLUMNS.get(column);
  }

  /** Opens a file for tokenized outcomes. */
  public static ParquetSink<SampleOutcome> open(
      Path file, Configuration configuration, Map<String, String> metadata) throws IOException {
    return new ParquetSink<>(file, configuration, SCHEMA, metadata, TokenTable::write);
  }

  private static void write(SampleOutcome outcome, RecordConsumer out) {
    SampleOutcome.Tokens tokens = outcome.tokens();
    writeKey(outcome.key(), out);
    Fields.number(out, "start_s", 5, tokens.startS());
    Fields.number(out, "end_s", 6, tokens.endS());
    Fields.text(out, "content_sha256", 7, outcome.contentSha256());
    Fields.integers(out, "tokens", 8, tokens.ids());
    Fields.integers(out, "shape", 9, tokens.shape());
    if (tokens.quantizationError() != null) {
      Fields.floats(out, "quantization_error", 10, tokens.quantizationError());
    }
    Fields.text(out, "geometry", 11, json(tokens.geometry()));
    Fields.map(out, "labels", 12, tokens.labels());
    if (tokens.neighbours() != null) {
      Fields.integers(out, "neighbours", 13, tokens.neighbours());
    }
    if (tokens.perturbed() != null) {
      Fields.integers(out, "perturbed", 14, tokens.perturbed());
    }
  }

  /** The identity columns, the same in both tables. */
  static void writeKey(SampleKey key, RecordConsumer out) {
    Fields.text(out, "sample_id", 0, key.id());
    Fields.text(out, "uri", 1, key.uri());
    Fields.text(out, "member", 2, key.member());
    Fields.integer(out, "segment", 3, key.segment());
    Fields.integer(out, "channel", 4, key.channel());
  }

  private static String json(Map<String, Object> values) {
    try {
      return JSON.writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write geometry as JSON: " + values, e);
    }
  }
}
