package org.tessera.udf.points.read;

import java.util.List;

/**
 * One scan of an E57 file, as its XML describes it.
 *
 * @param count the number of records
 * @param offset the offset in the file of the section that holds them
 * @param fields the fields of a record, in order
 * @param pose the quaternion w, x, y, z and the translation x, y, z; null for none
 * @param colorMax the value of full strength in the colours
 */
record E57Scan(long count, long offset, List<Field> fields, double[] pose, double colorMax) {
  /** How a field is stored. */
  enum Kind {
    SINGLE,
    DOUBLE,
    INTEGER,
    /** An integer times {@code scale} plus {@code shift}. */
    SCALED
  }

  /** One field; integers are stored less {@code minimum} in as many bits as the range needs. */
  record Field(String name, Kind kind, long minimum, long maximum, double scale, double shift) {
    /** Bits of one stored value. */
    int bits() {
      return switch (kind) {
        case SINGLE -> 32;
        case DOUBLE -> 64;
        case INTEGER, SCALED -> Long.SIZE - Long.numberOfLeadingZeros(maximum - minimum);
      };
    }
  }

  /** The number of the field with this name, or -1. */
  int field(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
