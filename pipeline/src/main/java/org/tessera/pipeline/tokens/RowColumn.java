package org.tessera.pipeline.tokens;

import java.util.Arrays;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;

/**
 * One leaf of a token file, row by row, without records and without boxing. What it returns is of
 * the current row, and may be asked for again. Not thread-safe.
 */
final class RowColumn {
  private final ColumnDescriptor column;
  private final ColumnReader reader;

  /** Whether the reader stands behind the current row. */
  private boolean taken = true;

  private String text;
  private double number;
  private int size;
  private String[] texts = new String[0];
  private int[] integers = new int[4];
  private float[] floats = new float[4];
  private boolean missing;

  RowColumn(ColumnDescriptor column, ColumnReader reader) {
    this.column = column;
    this.reader = reader;
  }

  /** Goes to the next row; there must be one. */
  void next() {
    if (!taken) {
      do {
        reader.consume();
      } while (reader.getCurrentRepetitionLevel() != 0);
    }
    taken = false;
  }

  private boolean hasValue() {
    return reader.getCurrentDefinitionLevel() == column.getMaxDefinitionLevel();
  }

  private void checkValue() {
    if (!hasValue()) {
      throw new IllegalStateException(
          "Cannot read column " + String.join(".", column.getPath()) + ": it has no value here");
    }
  }

  /** A text. */
  String text() {
    if (!taken) {
      checkValue();
      text = reader.getBinary().toStringUsingUTF8();
      end();
    }
    return text;
  }

  /** A number. */
  double number() {
    if (!taken) {
      checkValue();
      number = reader.getDouble();
      end();
    }
    return number;
  }

  /** A whole number of 32 bits. */
  int integer() {
    return Integer.parseInt(value());
  }

  /** A text or a number, as text. */
  String value() {
    if (!taken) {
      checkValue();
      text =
          switch (column.getPrimitiveType().getPrimitiveTypeName()) {
            case INT32 -> Integer.toString(reader.getInteger());
            case INT64 -> Long.toString(reader.getLong());
            case FLOAT -> Float.toString(reader.getFloat());
            case DOUBLE -> Double.toString(number = reader.getDouble());
            case BOOLEAN -> Boolean.toString(reader.getBoolean());
            default -> reader.getBinary().toStringUsingUTF8();
          };
      end();
    } else if (column.getPrimitiveType().getPrimitiveTypeName()
        == org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE) {
      return Double.toString(number);
    }
    return text;
  }

  /** A list of whole numbers; the caller owns it. */
  int[] integers() {
    if (!taken) {
      size = 0;
      do {
        if (hasValue()) {
          if (size == integers.length) {
            integers = Arrays.copyOf(integers, 2 * size);
          }
          integers[size++] = reader.getInteger();
        }
        reader.consume();
      } while (reader.getCurrentRepetitionLevel() != 0);
      taken = true;
    }
    return Arrays.copyOf(integers, size);
  }

  /** A list of numbers, or null when there is no list; the caller owns it. */
  float[] floats() {
    if (!taken) {
      size = 0;
      missing = reader.getCurrentDefinitionLevel() == 0;
      do {
        if (hasValue()) {
          if (size == floats.length) {
            floats = Arrays.copyOf(floats, 2 * size);
          }
          floats[size++] = reader.getFloat();
        }
        reader.consume();
      } while (reader.getCurrentRepetitionLevel() != 0);
      taken = true;
    }
    return missing ? null : Arrays.copyOf(floats, size);
  }

  /** A list of texts. */
  String[] texts() {
    if (!taken) {
      size = 0;
      do {
        if (hasValue()) {
          if (size == texts.length) {
            texts = Arrays.copyOf(texts, Math.max(4, 2 * size));
          }
          texts[size++] = reader.getBinary().toStringUsingUTF8();
        }
        reader.consume();
      } while (reader.getCurrentRepetitionLevel() != 0);
      taken = true;
    }
    return Arrays.copyOf(texts, size);
  }

  private void end() {
    reader.consume();
    taken = true;
  }
}
