package org.tessera.model.npy;

/** The element types that are read and written, little-endian in files that Tessera writes. */
public enum NpyType {
  BOOL("b1", 1),
  INT8("i1", 1),
  UINT8("u1", 1),
  INT16("i2", 2),
  UINT16("u2", 2),
  INT32("i4", 4),
  UINT32("u4", 4),
  INT64("i8", 8),
  FLOAT16("f2", 2),
  FLOAT32("f4", 4),
  FLOAT64("f8", 8);

  private final String code;
  private final int bytes;

  NpyType(String code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** NumPy's name without the byte order, e.g. {@code f4}. */
  public String code() {
    return code;
  }

  /** Bytes that one element takes. */
  public int bytes() {
    return bytes;
  }

  /** The {@code descr} that Tessera writes, e.g. <code>&lt;f4</code>. */
  String descr() {
    return (bytes == 1 ? "|" : "<") + code;
  }

  /** The type of a NumPy name without byte order, or null. */
  static NpyType ofCode(String code) {
    for (NpyType type : values()) {
      if (type.code.equals(code)) {
        return type;
      }
    }
    return null;
  }
}
