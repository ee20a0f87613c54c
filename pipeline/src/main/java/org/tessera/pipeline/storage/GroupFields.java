package org.tessera.pipeline.storage;

import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;

/** Writes rows as they were read, for files that keep some rows of another. */
public final class GroupFields {
  private GroupFields() {}

  /** Writes all fields of a row or of a group in it. */
  public static void write(Group group, RecordConsumer out) {
    GroupType type = group.getType();
    for (int field = 0; field < type.getFieldCount(); field++) {
      int count = group.getFieldRepetitionCount(field);
      if (count == 0) {
        continue;
      }
      String name = type.getFieldName(field);
      out.startField(name, field);
      for (int i = 0; i < count; i++) {
        if (type.getType(field).isPrimitive()) {
          group.writeValue(field, i, out);
        } else {
          out.startGroup();
          write(group.getGroup(field, i), out);
          out.endGroup();
        }
      }
      out.endField(name, field);
    }
  }
}
