package org.tessera.model.engine;

import java.util.Locale;

/** Element types that cross the border between the pipeline and a model. */
public enum ElementType {
  FLOAT32(4),
  INT32(4),
  INT64(8),
  UINT8(1),
  FLOAT16(2),
  FLOAT64(8),
  INT8(1),
  INT16(2),
  UINT16(2),
  BOOL(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes that one element takes. */
  public int bytes() {
    return bytes;
  }

  /** Whether elements are whole numbers. */
  public boolean integral() {
    return this != FLOAT32 && this != FLOAT16 && this != FLOAT64 && this != BOOL;
  }

  /** Whether elements are floating-point numbers. */
  public boolean floating() {
    return this == FLOAT32 || this == FLOAT16 || this == FLOAT64;
  }

  /** The name in manifests, e.g. {@code float32}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
