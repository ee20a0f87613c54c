package org.tessera.pipeline.export;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.tessera.pipeline.storage.Fields;
import org.tessera.pipeline.storage.ParquetSink;

/** The table of what went where; its columns are specified in {@code pipeline/EXPORT.md}. */
public final class WhereTable {
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message tessera_export {
            required binary sample_id (STRING);
            required binary tokenizer (STRING);
            required binary uri (STRING);
            required binary member (STRING);
            required int32 segment;
            required int32 channel;
            required binary sequence (STRING);
            required binary source (STRING);
            required binary file (STRING);
            required int64 index;
            required int32 from;
            required int32 to;
            required int32 skipped;
          }
          """);

  private WhereTable() {}

  /**
   * Where one row went.
   *
   * @param piece the row and its places
   * @param sequence the sequence's name
   * @param source its template
   * @param file the file
   * @param index the sequence's number in the export
   */
  public record Line(Piece piece, String sequence, String source, String file, long index) {}

  /** Opens a file. */
  public static ParquetSink<Line> open(Path file, Configuration configuration) throws IOException {
    return new ParquetSink<>(file, configuration, SCHEMA, Map.of(), WhereTable::write);
  }

  private static void write(Line line, RecordConsumer out) {
    ExportRow.Identity row = line.piece().row();
    Fields.text(out, "sample_id", 0, row.sampleId());
    Fields.text(out, "tokenizer", 1, line.piece().tokenizer());
    Fields.text(out, "uri", 2, row.uri());
    Fields.text(out, "member", 3, row.member());
    Fields.integer(out, "segment", 4, row.segment());
    Fields.integer(out, "channel", 5, row.channel());
    Fields.text(out, "sequence", 6, line.sequence());
    Fields.text(out, "source", 7, line.source());
    Fields.text(out, "file", 8, line.file());
    Fields.longInteger(out, "index", 9, line.index());
    Fields.integer(out, "from", 10, line.piece().from());
    Fields.integer(out, "to", 11, line.piece().to());
    Fields.integer(out, "skipped", 12, line.piece().skipped());
  }
}
