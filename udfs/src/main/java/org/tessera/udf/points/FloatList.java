package org.tessera.udf.points;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.AbstractList;
import java.util.RandomAccess;

/** Numbers of a geometry: read as a list, kept and written to JSON as an array. Immutable. */
final class FloatList extends AbstractList<Float> implements RandomAccess {
  private final float[] values;

  /** Takes over an array, which is not changed any more. */
  FloatList(float[] values) {
    this.values = values;
  }

  @Override
  public Float get(int index) {
    return values[index];
  }

  @Override
  public int size() {
    return values.length;
  }

  @JsonValue
  float[] json() {
    return values;
  }
}
