package org.tessera.model.engine;

/** Element types that cross the border between the pipeline and a model. */
public enum ElementType {
  FLOAT32(4),
  INT32(4),
  INT64(8),
  UINT8(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes that one element takes. */
  public int bytes() {
    return bytes;
  }
}
