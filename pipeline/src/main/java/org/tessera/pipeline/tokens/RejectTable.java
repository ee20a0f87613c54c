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
import org.tessera.udf.sample.SampleException;

/** The reject table; its columns are specified in {@code pipeline/FORMAT.md}. */
public final class RejectTable {
  /** The columns. */
  public static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message tessera_rejects {
            required binary sample_id (STRING);
            required binary uri (STRING);
            required binary member (STRING);
            required int32 segment;
            required int32 channel;
            required binary content_sha256 (STRING);
            required binary phase (STRING);
            required binary code (STRING);
            required binary message (STRING);
            optional int64 offset;
            required boolean transient;
          }
          """);

  private RejectTable() {}

  /** Opens a file for rejected outcomes. */
  public static ParquetSink<SampleOutcome> open(
      Path file, Configuration configuration, Map<String, String> metadata) throws IOException {
    return new ParquetSink<>(file, configuration, SCHEMA, metadata, RejectTable::write);
  }

  private static void write(SampleOutcome outcome, RowWriter out) {
    SampleException rejection = outcome.rejection();
    TokenTable.writeKey(outcome, out);
    out.text("content_sha256", outcome.contentSha256());
    out.text("phase", rejection.phase().id());
    out.text("code", rejection.code().name());
    out.text("message", rejection.getMessage());
    if (rejection.offset() >= 0) {
      out.longInteger("offset", rejection.offset());
    }
    out.flag("transient", rejection.isTransient());
  }
}
