package org.tessera.pipeline.tokens;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Reads a token file row by row: the ids straight from their pages, the other columns as asked for.
 * A cursor: what its methods return is of the current row. Not thread-safe; closed by whoever
 * opened it.
 */
public final class TokenFile implements Closeable {
  private static final String IDS = "tokens";

  private final Path path;
  private final ParquetFileReader reader;
  private final MessageType fileSchema;
  private final MessageType otherSchema;
  private IdColumn idColumn;
  private RecordReader<Group> others;
  private long left;
  private Group row;

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

  /** What the ids of a file take on disk, with levels, dictionaries and page headers. */
  public static long idBytes(Path path, Configuration configuration) throws IOException {
    long bytes = 0;
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, configuration))) {
      for (BlockMetaData block : reader.getRowGroups()) {
        for (ColumnChunkMetaData column : block.getColumns()) {
          if (column.getPath().toArray()[0].equals(IDS)) {
            bytes += column.getTotalSize();
          }
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
      others =
          otherSchema.getFieldCount() == 0
              ? null
              : new ColumnIOFactory()
                  .getColumnIO(otherSchema, fileSchema)
                  .getRecordReader(pages, new GroupRecordConverter(otherSchema));
    }
    try {
      idColumn.next();
    } catch (IllegalArgumentException e) {
      throw new IOException("Cannot read " + path + ": " + e.getMessage(), e);
    }
    row = others == null ? null : others.read();
    left--;
    return true;
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
    return row.getString(column, 0);
  }

  /** A column of texts or numbers, as text. */
  public String value(String column) {
    return row.getValueToString(row.getType().getFieldIndex(column), 0);
  }

  /** A column of 32-bit whole numbers. */
  public int integer(String column) {
    return row.getInteger(column, 0);
  }

  /** A column of 64-bit floats. */
  public double number(String column) {
    return row.getDouble(column, 0);
  }

  /** The extents of the row's token axes. */
  public int[] shape() {
    Group list = row.getGroup("shape", 0);
    int[] shape = new int[list.getFieldRepetitionCount(0)];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = list.getGroup(0, i).getInteger(0, 0);
    }
    return shape;
  }

  /** The quantization errors, or null when the row has none. */
  public float[] quantizationError() {
    if (row.getFieldRepetitionCount("quantization_error") == 0) {
      return null;
    }
    Group list = row.getGroup("quantization_error", 0);
    float[] errors = new float[list.getFieldRepetitionCount(0)];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = list.getGroup(0, i).getFloat(0, 0);
    }
    return errors;
  }

  /** The labels by name. */
  public Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>();
    Group map = row.getGroup("labels", 0);
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      Group entry = map.getGroup(0, i);
      labels.put(entry.getString(0, 0), entry.getString(1, 0));
    }
    return labels;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
