package org.tessera.pipeline.storage;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.GroupWriter;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * Writes one Parquet file straight from objects into columns, without rows between. Zstandard
 * pages. Not thread-safe; closed by whoever opened it. A file whose rows could not all be written
 * gets no footer.
 *
 * <p>The dictionary page may hold 2^20 values, and pages are large, so that ids of a codebook of
 * 2^18 codes stay dictionary-encoded: Parquet falls back to plain values when the first page does
 * not pay for its dictionary.
 */
public final class ParquetSink<T> implements AutoCloseable {
  private static final int DICTIONARY_BYTES = 4 << 20;
  private static final int PAGE_BYTES = 8 << 20;
  private static final long ROW_GROUP_BYTES = 128L << 20;

  /** The size of a row group is looked at whenever so many values came. */
  private static final long CHECK_VALUES = 1 << 14;

  /** What a row that is copied counts as. */
  private static final long GROUP_VALUES = 256;

  /** Columns whose values hardly ever repeat: a dictionary would only fill the heap. */
  private static final Set<String> UNIQUE =
      Set.of("sample_id", "quantization_error.list.element", "geometry");

  private final String name;
  private final MessageType schema;
  private final Map<String, String> metadata;
  private final Function<ColumnWriteStore, Shredder<T>> shredders;
  private final ParquetProperties properties;
  private final CodecFactory codecs;
  private final ParquetFileWriter writer;
  private ColumnChunkPageWriteStore pages;
  private ColumnWriteStore columns;
  private Shredder<T> shredder;
  private long checkAt;
  private long groupRows;
  private long rows;
  private boolean broken;
  private boolean closed;

  /** Cuts rows into the columns of one row group. */
  private interface Shredder<T> {
    void write(T row);

    /** Values written so far, at least one for each row. */
    long values();

    /** Writes what it holds back. */
    void flush();
  }

  /**
   * Opens a file that must not exist.
   *
   * @param metadata key-value metadata of the footer
   * @param fields writes one object's fields, in the schema's order
   */
  public ParquetSink(
      Path file,
      Configuration configuration,
      MessageType schema,
      Map<String, String> metadata,
      BiConsumer<T, RowWriter> fields)
      throws IOException {
    this(HadoopOutputFile.fromPath(file, configuration), configuration, schema, metadata, fields);
  }

  /** Opens a file as the other form does, wherever its bytes go. */
  public ParquetSink(
      OutputFile file,
      Configuration configuration,
      MessageType schema,
      Map<String, String> metadata,
      BiConsumer<T, RowWriter> fields)
      throws IOException {
    this(file, configuration, schema, metadata, store -> objects(schema, store, fields));
  }

  private ParquetSink(
      OutputFile file,
      Configuration configuration,
      MessageType schema,
      Map<String, String> metadata,
      Function<ColumnWriteStore, Shredder<T>> shredders)
      throws IOException {
    this.name = file.getPath();
    this.schema = schema;
    this.metadata = metadata;
    this.shredders = shredders;
    this.properties = properties();
    this.codecs = new CodecFactory(configuration, PAGE_BYTES);
    this.writer =
        new ParquetFileWriter(
            file,
            schema,
            ParquetFileWriter.Mode.CREATE,
            ROW_GROUP_BYTES,
            ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
            null,
            properties);
    writer.start();
    startGroup();
  }

  /** Opens a file for rows as they are read from another; it must not exist. */
  public static ParquetSink<Group> ofGroups(
      Path file, Configuration configuration, MessageType schema, Map<String, String> metadata)
      throws IOException {
    return new ParquetSink<>(
        HadoopOutputFile.fromPath(file, configuration),
        configuration,
        schema,
        metadata,
        store -> groups(schema, store));
  }

  private static ParquetProperties properties() {
    ParquetProperties.Builder builder =
        ParquetProperties.builder()
            .withDictionaryEncoding(true)
            .withDictionaryPageSize(DICTIONARY_BYTES)
            .withPageSize(PAGE_BYTES)
            .withPageRowCountLimit(Integer.MAX_VALUE)
            .withValuesWriterFactory(IdDictionary.factory());
    UNIQUE.forEach(column -> builder.withDictionaryEncoding(column, false));
    return builder.build();
  }

  /** Writes one row. */
  public void write(T row) throws IOException {
    try {
      shredder.write(row);
      groupRows++;
      if (shredder.values() >= checkAt) {
        checkAt = shredder.values() + CHECK_VALUES;
        if (columns.getBufferedSize() >= ROW_GROUP_BYTES) {
          endGroup();
          startGroup();
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      broken = true;
      throw e;
    }
    rows++;
  }

  /** Rows written so far. */
  public long rows() {
    return rows;
  }

  private void startGroup() {
    pages =
        new ColumnChunkPageWriteStore(
            codecs.getCompressor(CompressionCodecName.ZSTD),
            schema,
            properties.getAllocator(),
            properties.getColumnIndexTruncateLength());
    columns = properties.newColumnWriteStore(schema, pages, pages);
    shredder = shredders.apply(columns);
    checkAt = CHECK_VALUES;
    groupRows = 0;
  }

  private void endGroup() throws IOException {
    shredder.flush();
    if (groupRows > 0) {
      writer.startBlock(groupRows);
      columns.flush();
      pages.flushToFileWriter(writer);
      writer.endBlock();
    }
    columns.close();
    pages.close();
  }

  /** Writes what is left and the footer; a second call does nothing, also after a failed one. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (ParquetFileWriter open = writer) {
      if (!broken) {
        endGroup();
        open.end(metadata);
      }
    } catch (FSError | RuntimeException e) {
      // Hadoop's and Parquet's ways to say that a disk is full.
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new IOException(
          "Cannot write "
              + name
              + ": "
              + cause.getMessage()
              + " (free some space or mend the storage, and run again)",
          e);
    } finally {
      codecs.release();
    }
  }

  private static <T> Shredder<T> objects(
      MessageType schema, ColumnWriteStore store, BiConsumer<T, RowWriter> fields) {
    RowWriter out = new RowWriter(schema, store);
    return new Shredder<>() {
      @Override
      public void write(T row) {
        out.write(it -> fields.accept(row, it));
      }

      @Override
      public long values() {
        return out.values();
      }

      @Override
      public void flush() {}
    };
  }

  private static Shredder<Group> groups(MessageType schema, ColumnWriteStore store) {
    RecordConsumer consumer = new ColumnIOFactory().getColumnIO(schema).getRecordWriter(store);
    GroupWriter out = new GroupWriter(consumer, schema);
    return new Shredder<>() {
      private long rows;

      @Override
      public void write(Group row) {
        out.write(row);
        rows++;
      }

      @Override
      public long values() {
        return GROUP_VALUES * rows;
      }

      @Override
      public void flush() {
        consumer.flush();
      }
    };
  }
}
