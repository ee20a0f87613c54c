package org.tessera.pipeline.tokens;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.storage.RowWriter;
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

  private static void write(SampleOutcome outcome, RowWriter out) {
    SampleOutcome.Tokens tokens = outcome.tokens();
    writeKey(outcome, out);
    out.number("start_s", tokens.startS());
    out.number("end_s", tokens.endS());
    out.text("content_sha256", outcome.contentSha256());
    out.integers("tokens", tokens.ids());
    out.integers("shape", tokens.shape());
    if (tokens.quantizationError() != null) {
      out.floats("quantization_error", tokens.quantizationError());
    }
    out.text("geometry", GeometryJson.of(tokens.geometry()));
    out.map("labels", tokens.labels());
    if (tokens.neighbours() != null) {
      out.integers("neighbours", tokens.neighbours());
    }
    if (tokens.perturbed() != null) {
      out.integers("perturbed", tokens.perturbed());
    }
  }

  /** The identity columns, the same in both tables. */
  static void writeKey(SampleOutcome outcome, RowWriter out) {
    SampleKey key = outcome.key();
    out.text("sample_id", outcome.sampleId());
    out.text("uri", key.uri());
    out.text("member", key.member());
    out.integer("segment", key.segment());
    out.integer("channel", key.channel());
  }
}
