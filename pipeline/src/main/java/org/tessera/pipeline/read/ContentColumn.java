package org.tessera.pipeline.read;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** Which column of a Parquet file holds the files' contents. Immutable. */
final class ContentColumn {
  private static final List<String> KEYS = List.of("__key__", "key", "id", "path", "file_name");
  private static final String BYTES = "bytes";
  private static final String PATH = "path";

  private final MessageType schema;
  private final int index;
  private final boolean struct;

  private ContentColumn(MessageType schema, int index, boolean struct) {
    this.schema = schema;
    this.index = index;
    this.struct = struct;
  }

  /**
   * Finds the column: the one struct with {@code bytes}, else the one binary column that is not
   * text.
   *
   * @throws SampleException when there is none, or more than one
   */
  static ContentColumn of(MessageType schema) throws SampleException {
    ContentColumn found = null;
    for (int i = 0; i < schema.getFieldCount(); i++) {
      Type field = schema.getType(i);
      boolean struct = !field.isPrimitive() && hasBytes(field.asGroupType());
      if (struct || isBinary(field)) {
        if (found != null && found.struct == struct) {
          throw none(schema, "it has more than one column of contents");
        }
        if (found == null || struct) {
          found = new ContentColumn(schema, i, struct);
        }
      }
    }
    if (found == null) {
      throw none(schema, "it has no column of contents: a struct of bytes and path, or binary");
    }
    return found;
  }

  /** The content of a row; no bytes when it is null. */
  byte[] content(Group row) {
    if (row.getFieldRepetitionCount(index) == 0) {
      return new byte[0];
    }
    if (!struct) {
      return row.getBinary(index, 0).getBytes();
    }
    Group group = row.getGroup(index, 0);
    return group.getFieldRepetitionCount(BYTES) == 0
        ? new byte[0]
        : group.getBinary(BYTES, 0).getBytes();
  }

  /** The member name of a row: its path, else a key column, else its number. */
  String name(Group row, long number) {
    if (struct && row.getFieldRepetitionCount(index) > 0) {
      Group group = row.getGroup(index, 0);
      if (group.getType().containsField(PATH) && group.getFieldRepetitionCount(PATH) > 0) {
        return group.getString(PATH, 0);
      }
    }
    for (String key : KEYS) {
      if (schema.containsField(key)
          && schema.getType(key).isPrimitive()
          && row.getFieldRepetitionCount(key) > 0) {
        return text(row, schema.getFieldIndex(key));
      }
    }
    return String.format(Locale.ROOT, "row-%09d", number);
  }

  /** Adds the other plain columns of a row. */
  void passThrough(Group row, Map<String, String> labels) {
    for (int i = 0; i < schema.getFieldCount(); i++) {
      Type field = schema.getType(i);
      if (i != index
          && field.isPrimitive()
          && !isBinary(field)
          && row.getFieldRepetitionCount(i) == 1) {
        labels.put(field.getName(), text(row, i));
      }
    }
  }

  private static String text(Group row, int field) {
    return row.getType().getType(field).asPrimitiveType().getPrimitiveTypeName()
            == PrimitiveTypeName.BINARY
        ? row.getString(field, 0)
        : row.getValueToString(field, 0);
  }

  private static boolean hasBytes(GroupType group) {
    return group.containsField(BYTES) && isBinary(group.getType(BYTES));
  }

  private static boolean isBinary(Type type) {
    return type.isPrimitive()
        && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY
        && !(type.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation)
        && !(type.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation)
        && !(type.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.DecimalLogicalTypeAnnotation);
  }

  private static SampleException none(MessageType schema, String what) {
    return SampleException.of(
        Phase.CONTAINER,
        RejectCode.UNSUPPORTED_FORMAT,
        "Cannot use the Parquet file: "
            + what
            + " (its columns: "
            + String.join(", ", schema.getFields().stream().map(Type::getName).toList())
            + ")");
  }
}
