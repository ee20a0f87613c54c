package org.tessera.pipeline.storage;

import java.io.IOException;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * Writes one Parquet file straight from objects, without rows between. Zstandard pages. Not
 * thread-safe; closed by whoever opened it.
 *
 * <p>The dictionary page may hold 2^20 values, and pages are large, so that ids of a codebook of
 * 2^18 codes stay dictionary-encoded: Parquet falls back to plain values when the first page does
 * not pay for its dictionary.
 */
public final class ParquetSink<T> implements AutoCloseable {
  private static final int DICTIONARY_BYTES = 4 << 20;
  private static final int PAGE_BYTES = 8 << 20;
  private static final long ROW_GROUP_BYTES = 128L << 20;

  private final String name;
  private final ParquetWriter<T> writer;
  private long rows;
  private boolean closed;

  /**
   * Opens a file that must not exist.
   *
   * @param metadata key-value metadata of the footer
   * @param fields writes one object's fields between start and end of its message
   */
  public ParquetSink(
      Path file,
      Configuration configuration,
      MessageType schema,
      Map<String, String> metadata,
      BiConsumer<T, RecordConsumer> fields)
      throws IOException {
    this(HadoopOutputFile.fromPath(file, configuration), configuration, schema, metadata, fields);
  }

  /** Opens a file as the other form does, wherever its bytes go. */
  public ParquetSink(
      OutputFile file,
      Configuration configuration,
      MessageType schema,
      Map<String, String> metadata,
      BiConsumer<T, RecordConsumer> fields)
      throws IOException {
    this.name = file.getPath();
    this.writer =
        new Builder<>(file, new Support<>(schema, metadata, fields))
            .withConf(configuration)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withWriteMode(ParquetFileWriter.Mode.CREATE)
            .withDictionaryEncoding(true)
            .withDictionaryPageSize(DICTIONARY_BYTES)
            .withPageSize(PAGE_BYTES)
            .withPageRowCountLimit(Integer.MAX_VALUE)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .build();
  }

  /** Writes one row. */
  public void write(T row) throws IOException {
    writer.write(row);
    rows++;
  }

  /** Rows written so far. */
  public long rows() {
    return rows;
  }

  /** Writes what is left and the footer; a second call does nothing, also after a failed one. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      writer.close();
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
    }
  }

  private static final class Builder<T> extends ParquetWriter.Builder<T, Builder<T>> {
    private final Support<T> support;

    Builder(OutputFile file, Support<T> support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder<T> self() {
      return this;
    }

    @Override
    protected WriteSupport<T> getWriteSupport(Configuration configuration) {
      return support;
    }
  }

  private static final class Support<T> extends WriteSupport<T> {
    private final MessageType schema;
    private final Map<String, String> metadata;
    private final BiConsumer<T, RecordConsumer> fields;
    private RecordConsumer consumer;

    Support(
        MessageType schema, Map<String, String> metadata, BiConsumer<T, RecordConsumer> fields) {
      this.schema = schema;
      this.metadata = metadata;
      this.fields = fields;
    }

    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(schema, metadata);
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(T row) {
      consumer.startMessage();
      fields.accept(row, consumer);
      consumer.endMessage();
    }
  }
}
