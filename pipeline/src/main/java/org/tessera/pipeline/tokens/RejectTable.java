package org.tessera.pipeline.tokens;

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

  private static void write(SampleOutcome outcome, RecordConsumer out) {
    SampleException rejection = outcome.rejection();
    TokenTable.writeKey(outcome.key(), out);
    Fields.text(out, "content_sha256", 5, outcome.contentSha256());
    Fields.text(out, "phase", 6, rejection.phase().id());
    Fields.text(out, "code", 7, rejection.code().name());
    Fields.text(out, "message", 8, rejection.getMessage());
    if (rejection.offset() >= 0) {
      Fields.longInteger(out, "offset", 9, rejection.offset());
    }
    Fields.flag(out, "transient", 10, rejection.isTransient());
  }
}
