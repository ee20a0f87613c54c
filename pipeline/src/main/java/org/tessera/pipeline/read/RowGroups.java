package org.tessera.pipeline.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopCodecs;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.schema.MessageType;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * The row groups of a Parquet file whose bytes nobody vouches for. Parquet believes its headers and
 * takes memory by them, so they are checked first; and whatever its library throws is damage,
 * unless the storage below failed. Memory is bounded by a row group. Not thread-safe.
 */
final class RowGroups implements AutoCloseable {
  /** Pages do not shrink more than this; small ones may. */
  private static final long MOST_RATIO = 250;

  private static final long SMALL_PAGE = 64 << 20;

  private final WatchedFile file;
  private final Limits limits;
  private final ParquetFileReader reader;
  private final long length;
  private int group;

  /** Something that the library does with the file. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Opens a file and reads its footer.
   *
   * @throws SampleException when it is damaged
   * @throws IOException when the storage failed
   */
  RowGroups(InputFile file, Limits limits) throws SampleException, IOException {
    this.file = new WatchedFile(file);
    this.limits = limits;
    this.length = file.getLength();
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new BoundedCodecs(HadoopCodecs.newFactory(0)))
            .build();
    this.reader = run(() -> ParquetFileReader.open(this.file, options));
  }

  MessageType schema() {
    return reader.getFileMetaData().getSchema();
  }

  /**
   * The next row group; null behind the last one.
   *
   * @throws SampleException when it is damaged
   * @throws IOException when the storage failed
   */
  PageReadStore next() throws SampleException, IOException {
    List<BlockMetaData> groups = reader.getRowGroups();
    if (group == groups.size()) {
      return null;
    }
    check(groups.get(group++));
    return run(() -> new CheckedPages(reader.readNextRowGroup()));
  }

  /** Does something with the file's bytes, and tells damage from a storage that failed. */
  <T> T run(Work<T> work) throws SampleException, IOException {
    try {
      return work.run();
    } catch (IOException | RuntimeException e) {
      if (file.failure() != null) {
        throw new IOException(file.failure().getMessage(), e);
      }
      if (e instanceof TooLargeException) {
        throw SampleException.of(Phase.CONTAINER, RejectCode.TOO_LARGE, e.getMessage());
      }
      throw damaged(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw damaged("its schema is nested too deep", null);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private void check(BlockMetaData block) throws SampleException {
    if (block.getRowCount() > length) {
      throw SampleException.of(
          Phase.CONTAINER,
          RejectCode.TOO_LARGE,
          "Cannot read the Parquet file: a row group of "
              + block.getRowCount()
              + " rows in a file of "
              + length
              + " bytes (a decompression bomb)");
    }
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      long start = chunk.getStartingPos();
      if (start < 0 || chunk.getTotalSize() < 0 || chunk.getTotalSize() > length - start) {
        throw damaged("a column of " + chunk.getTotalSize() + " bytes at byte " + start, null);
      }
      if (block.getRowCount() < 0 || chunk.getValueCount() < block.getRowCount()) {
        throw damaged(
            chunk.getValueCount() + " values of a column for " + block.getRowCount() + " rows",
            null);
      }
    }
  }

  private static SampleException damaged(String what, Exception cause) {
    SampleException damage =
        SampleException.of(
            Phase.CONTAINER,
            RejectCode.MALFORMED,
            "Cannot read the Parquet file: " + what + " (write it again)");
    if (cause != null) {
      damage.initCause(cause);
    }
    return damage;
  }

  /** Something would take more memory than it may. */
  private static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(String message) {
      super(message);
    }
  }

  /** Pages that hold what their headers say. */
  private static final class CheckedPages implements PageReadStore {
    private final PageReadStore pages;

    CheckedPages(PageReadStore pages) {
      this.pages = pages;
    }

    @Override
    public PageReader getPageReader(ColumnDescriptor column) {
      PageReader reader = pages.getPageReader(column);
      return new PageReader() {
        @Override
        public DictionaryPage readDictionaryPage() {
          DictionaryPage page = reader.readDictionaryPage();
          if (page != null && page.getDictionarySize() > page.getBytes().size()) {
            throw new IllegalArgumentException(
                page.getDictionarySize()
                    + " values in a dictionary of "
                    + page.getBytes().size()
                    + " bytes");
          }
          return page;
        }

        @Override
        public long getTotalValueCount() {
          return reader.getTotalValueCount();
        }

        @Override
        public DataPage readPage() {
          return reader.readPage();
        }
      };
    }

    @Override
    public long getRowCount() {
      return pages.getRowCount();
    }

    @Override
    public void close() {
      pages.close();
    }
  }

  /** Codecs that look at the size that a page claims before they take memory for it. */
  private final class BoundedCodecs implements CompressionCodecFactory {
    private final CompressionCodecFactory codecs;

    BoundedCodecs(CompressionCodecFactory codecs) {
      this.codecs = codecs;
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
      BytesInputDecompressor decompressor = codecs.getDecompressor(codec);
      return new BytesInputDecompressor() {
        @Override
        public BytesInput decompress(BytesInput bytes, int size) throws IOException {
          check(bytes.size(), size);
          return decompressor.decompress(bytes, size);
        }

        @Override
        public void decompress(ByteBuffer in, int compressed, ByteBuffer out, int size)
            throws IOException {
          check(compressed, size);
          decompressor.decompress(in, compressed, out, size);
        }

        @Override
        public void release() {
          decompressor.release();
        }
      };
    }

    private void check(long compressed, long size) {
      if (size < 0) {
        throw new IllegalArgumentException("a page of " + size + " bytes");
      }
      if (size > limits.bytes() || size > SMALL_PAGE && size / MOST_RATIO > compressed) {
        throw new TooLargeException(
            "Cannot read the Parquet file: a page of "
                + compressed
                + " bytes expands to "
                + size
                + " (a decompression bomb, or raise limits.bytes)");
      }
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
      return codecs.getCompressor(codec);
    }

    @Override
    public void release() {
      codecs.release();
    }
  }
}
