package org.tessera.pipeline.storage;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Writes the fields of one row straight into its columns: text, numbers, lists of numbers and maps
 * of texts. Fields come in the schema's order; an optional one that is passed over is null. Not
 * thread-safe.
 *
 * <p>A list's element that goes through Parquet's record assembly costs a group, a field and two
 * look-ups; rows of tokens are lists above all.
 */
public final class RowWriter {
  /** So many bytes of text count as a value. */
  private static final int VALUE_BYTES = 8;

  private final GroupType schema;
  private final int[] firstColumn;
  private final int[] definition;
  private final ColumnWriter[] columns;
  private final ColumnWriteStore store;
  private int next;
  private long values;

  /** Writes into the columns of one row group. */
  RowWriter(MessageType schema, ColumnWriteStore store) {
    this.schema = schema;
    this.store = store;
    this.columns =
        schema.getColumns().stream().map(store::getColumnWriter).toArray(ColumnWriter[]::new);
    this.definition =
        schema.getColumns().stream().mapToInt(ColumnDescriptor::getMaxDefinitionLevel).toArray();
    this.firstColumn = new int[schema.getFieldCount() + 1];
    for (int field = 0; field < schema.getFieldCount(); field++) {
      firstColumn[field + 1] = firstColumn[field] + leaves(schema.getType(field));
    }
  }

  /** Writes one row. */
  void write(Consumer<RowWriter> fields) {
    next = 0;
    fields.accept(this);
    while (next < schema.getFieldCount()) {
      passOver();
    }
    store.endRecord();
  }

  /** Values written so far, as a measure of what the columns hold; a long text counts as many. */
  long values() {
    return values;
  }

  /** A text field. */
  public void text(String name, String value) {
    int column = find(name);
    columns[column].write(Binary.fromString(value), 0, definition[column]);
    values += value.length() / VALUE_BYTES;
  }

  /** A text field, as UTF-8; the bytes are not changed any more. */
  public void text(String name, byte[] value) {
    int column = find(name);
    columns[column].write(Binary.fromConstantByteArray(value), 0, definition[column]);
    values += value.length / VALUE_BYTES;
  }

  /** A 32-bit whole number. */
  public void integer(String name, int value) {
    int column = find(name);
    columns[column].write(value, 0, definition[column]);
  }

  /** A 64-bit whole number. */
  public void longInteger(String name, long value) {
    int column = find(name);
    columns[column].write(value, 0, definition[column]);
  }

  /** A 64-bit float. */
  public void number(String name, double value) {
    int column = find(name);
    columns[column].write(value, 0, definition[column]);
  }

  /** true or false. */
  public void flag(String name, boolean value) {
    int column = find(name);
    columns[column].write(value, 0, definition[column]);
  }

  /** A three-level list of 32-bit whole numbers that are never null. */
  public void integers(String name, int[] list) {
    int column = find(name);
    ColumnWriter out = columns[column];
    int level = definition[column];
    if (list.length == 0) {
      out.writeNull(0, level - 1);
      return;
    }
    out.write(list[0], 0, level);
    for (int i = 1; i < list.length; i++) {
      out.write(list[i], 1, level);
    }
    values += list.length;
  }

  /** A three-level list of 32-bit floats that are never null. */
  public void floats(String name, float[] list) {
    int column = find(name);
    ColumnWriter out = columns[column];
    int level = definition[column];
    if (list.length == 0) {
      out.writeNull(0, level - 1);
      return;
    }
    out.write(list[0], 0, level);
    for (int i = 1; i < list.length; i++) {
      out.write(list[i], 1, level);
    }
    values += list.length;
  }

  /** A map from text to text. */
  public void map(String name, Map<String, String> entries) {
    int column = find(name);
    int level = definition[column];
    if (entries.isEmpty()) {
      columns[column].writeNull(0, level - 1);
      columns[column + 1].writeNull(0, level - 1);
      return;
    }
    int repetition = 0;
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      columns[column].write(Binary.fromString(entry.getKey()), repetition, level);
      columns[column + 1].write(Binary.fromString(entry.getValue()), repetition, level);
      repetition = 1;
    }
    values += 2L * entries.size();
  }

  /** The first column of a field, after those before it that the row leaves out. */
  private int find(String name) {
    while (next < schema.getFieldCount()) {
      if (schema.getFieldName(next).equals(name)) {
        values++;
        return firstColumn[next++];
      }
      passOver();
    }
    throw new IllegalArgumentException(
        "Cannot write field " + name + " here (write the fields of " + schema + " in this order)");
  }

  private void passOver() {
    if (schema.getType(next).isRepetition(Type.Repetition.REQUIRED)) {
      throw new IllegalArgumentException(
          "Cannot leave out the required field " + schema.getFieldName(next));
    }
    for (int column = firstColumn[next]; column < firstColumn[next + 1]; column++) {
      columns[column].writeNull(0, 0);
    }
    next++;
  }

  private static int leaves(Type type) {
    return type.isPrimitive()
        ? 1
        : type.asGroupType().getFields().stream().mapToInt(RowWriter::leaves).sum();
  }
}
