package org.tessera.pipeline.export;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.storage.RowWriter;

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

  private static void write(Line line, RowWriter out) {
    ExportRow.Identity row = line.piece().row();
    out.text("sample_id", row.sampleId());
    out.text("tokenizer", line.piece().tokenizer());
    out.text("uri", row.uri());
    out.text("member", row.member());
    out.integer("segment", row.segment());
    out.integer("channel", row.channel());
    out.text("sequence", line.sequence());
    out.text("source", line.source());
    out.text("file", line.file());
    out.longInteger("index", line.index());
    out.integer("from", line.piece().from());
    out.integer("to", line.piece().to());
    out.integer("skipped", line.piece().skipped());
  }
}
