package org.tessera.pipeline.tokens;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Reads a token file row by row: the ids straight from their pages, the other columns as asked for.
 * A cursor: what its methods return is of the current row. Not thread-safe; closed by whoever
 * opened it.
 */
public final class TokenFile implements Closeable {
  private static final String IDS = "tokens";
  private static final String LABELS = "labels";

  private final Path path;
  private final ParquetFileReader reader;
  private final MessageType fileSchema;
  private final MessageType otherSchema;
  private final Map<String, RowColumn> others = new HashMap<>();
  private IdColumn idColumn;
  private RowColumn[] columns = new RowColumn[0];
  private long left;

  private TokenFile(Path path, ParquetFileReader reader, Set<String> columns) throws IOException {
    this.path = path;
    this.reader = reader;
    this.fileSchema = reader.getFileMetaData().getSchema();
    List<Type> wanted = new ArrayList<>();
    for (String column : columns) {
      if (!fileSchema.containsField(column)) {
        throw new IOException("Cannot read " + path + ": it has no column " + column);
      }
      wanted.add(fileSchema.getType(column));
    }
    this.otherSchema = new MessageType(fileSchema.getName(), wanted);
    List<Type> all = new ArrayList<>(wanted);
    all.add(fileSchema.getType(IDS));
    reader.setRequestedSchema(new MessageType(fileSchema.getName(), all));
  }

  /**
   * Opens the part of a file whose row groups begin between two offsets.
   *
   * @param start the first byte of the part
   * @param end the byte after the part; {@code Long.MAX_VALUE} for the rest
   * @param columns what to read beside the ids
   */
  public static TokenFile open(
      Path path, Configuration configuration, long start, long end, Set<String> columns)
      throws IOException {
    ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(path, configuration),
            HadoopReadOptions.builder(configuration).withRange(start, end).build());
    try {
      return new TokenFile(path, reader, columns);
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /** What the part's ids take on disk, with levels, dictionaries and page headers. */
  public long idBytes() {
    long bytes = 0;
    for (BlockMetaData block : reader.getRowGroups()) {
      for (ColumnChunkMetaData column : block.getColumns()) {
        if (column.getPath().toArray()[0].equals(IDS)) {
          bytes += column.getTotalSize();
        }
      }
    }
    return bytes;
  }

  /** Goes to the next row; false when there is none. */
  public boolean next() throws IOException {
    while (left == 0) {
      PageReadStore pages = reader.readNextRowGroup();
      if (pages == null) {
        return false;
      }
      left = pages.getRowCount();
      ColumnDescriptor column =
          fileSchema.getColumns().stream()
              .filter(candidate -> candidate.getPath()[0].equals(IDS))
              .findFirst()
              .orElseThrow();
      idColumn = new IdColumn(column, pages.getPageReader(column));
      openOthers(pages);
    }
    try {
      idColumn.next();
    } catch (IllegalArgumentException e) {
      throw new IOException("Cannot read " + path + ": " + e.getMessage(), e);
    }
    for (RowColumn other : columns) {
      other.next();
    }
    left--;
    return true;
  }

  /** The columns beside the ids, by the path of their leaf without what makes up a list. */
  private void openOthers(PageReadStore pages) {
    others.clear();
    if (otherSchema.getFieldCount() > 0) {
      ColumnReadStoreImpl store =
          new ColumnReadStoreImpl(
              pages,
              new GroupRecordConverter(otherSchema).getRootConverter(),
              otherSchema,
              reader.getFileMetaData().getCreatedBy());
      for (ColumnDescriptor column : otherSchema.getColumns()) {
        String[] path = column.getPath();
        String name = path[0].equals(LABELS) ? LABELS + "." + path[path.length - 1] : path[0];
        others.put(name, new RowColumn(column, store.getColumnReader(column)));
      }
    }
    columns = others.values().toArray(RowColumn[]::new);
  }

  /** The array that holds the row's ids; not to be changed, and another after {@link #next}. */
  public int[] ids() {
    return idColumn.ids();
  }

  /** The index of the row's first id in {@link #ids}. */
  public int from() {
    return idColumn.from();
  }

  /** The index after the row's last id in {@link #ids}. */
  public int to() {
    return idColumn.to();
  }

  /** A text column. */
  public String text(String column) {
    return others.get(column).text();
  }

  /** A column of texts or numbers, as text. */
  public String value(String column) {
    return others.get(column).value();
  }

  /** A column of 32-bit whole numbers. */
  public int integer(String column) {
    return others.get(column).integer();
  }

  /** A column of 64-bit floats. */
  public double number(String column) {
    return others.get(column).number();
  }

  /** The extents of the row's token axes. */
  public int[] shape() {
    return others.get("shape").integers();
  }

  /** The quantization errors, or null when the row has none. */
  public float[] quantizationError() {
    return others.get("quantization_error").floats();
  }

  /** The labels by name. */
  public Map<String, String> labels() {
    String[] keys = others.get(LABELS + ".key").texts();
    String[] values = others.get(LABELS + ".value").texts();
    Map<String, String> labels = new TreeMap<>();
    for (int i = 0; i < keys.length; i++) {
      labels.put(keys[i], values[i]);
    }
    return labels;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
