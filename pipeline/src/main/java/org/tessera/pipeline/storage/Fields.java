package org.tessera.pipeline.storage;

import java.util.Map;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/** Writes single fields of a Parquet row, by the field's position in the schema. */
public final class Fields {
  private Fields() {}

  /** A text field. */
  public static void text(RecordConsumer out, String name, int index, String value) {
    out.startField(name, index);
    out.addBinary(Binary.fromString(value));
    out.endField(name, index);
  }

  /** A 32-bit whole number. */
  public static void integer(RecordConsumer out, String name, int index, int value) {
    out.startField(name, index);
    out.addInteger(value);
    out.endField(name, index);
  }

  /** A 64-bit whole number. */
  public static void longInteger(RecordConsumer out, String name, int index, long value) {
    out.startField(name, index);
    out.addLong(value);
    out.endField(name, index);
  }

  /** A 64-bit float. */
  public static void number(RecordConsumer out, String name, int index, double value) {
    out.startField(name, index);
    out.addDouble(value);
    out.endField(name, index);
  }

  /** true or false. */
  public static void flag(RecordConsumer out, String name, int index, boolean value) {
    out.startField(name, index);
    out.addBoolean(value);
    out.endField(name, index);
  }

  /** A three-level list of 32-bit whole numbers. */
  public static void integers(RecordConsumer out, String name, int index, int[] values) {
    startList(out, name, index, values.length);
    for (int value : values) {
      out.startGroup();
      out.startField("element", 0);
      out.addInteger(value);
      out.endField("element", 0);
      out.endGroup();
    }
    endList(out, name, index, values.length);
  }

  /** A three-level list of 32-bit floats. */
  public static void floats(RecordConsumer out, String name, int index, float[] values) {
    startList(out, name, index, values.length);
    for (float value : values) {
      out.startGroup();
      out.startField("element", 0);
      out.addFloat(value);
      out.endField("element", 0);
      out.endGroup();
    }
    endList(out, name, index, values.length);
  }

  /** A map from text to text. */
  public static void map(RecordConsumer out, String name, int index, Map<String, String> values) {
    out.startField(name, index);
    out.startGroup();
    if (!values.isEmpty()) {
      out.startField("key_value", 0);
      values.forEach(
          (key, value) -> {
            out.startGroup();
            text(out, "key", 0, key);
            text(out, "value", 1, value);
            out.endGroup();
          });
      out.endField("key_value", 0);
    }
    out.endGroup();
    out.endField(name, index);
  }

  private static void startList(RecordConsumer out, String name, int index, int length) {
    out.startField(name, index);
    out.startGroup();
    if (length > 0) {
      out.startField("list", 0);
    }
  }

  private static void endList(RecordConsumer out, String name, int index, int length) {
    if (length > 0) {
      out.endField("list", 0);
    }
    out.endGroup();
    out.endField(name, index);
  }
}
