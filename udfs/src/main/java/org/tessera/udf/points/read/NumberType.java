package org.tessera.udf.points.read;

/** The number types of binary formats. */
enum NumberType {
  I8(1),
  U8(1),
  I16(2),
  U16(2),
  I32(4),
  U32(4),
  I64(8),
  U64(8),
  F16(2),
  F32(4),
  F64(8);

  private final int bytes;

  NumberType(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  boolean isFloat() {
    return this == F16 || this == F32 || this == F64;
  }

  /** The number at an index, little-endian; 64-bit integers are rounded to a double. */
  double read(byte[] array, int index) {
    return switch (this) {
      case I8 -> array[index];
      case U8 -> array[index] & 0xff;
      case I16 -> (short) Bytes.u16(array, index);
      case U16 -> Bytes.u16(array, index);
      case I32 -> Bytes.i32(array, index);
      case U32 -> Integer.toUnsignedLong(Bytes.i32(array, index));
      case I64 -> Bytes.i64(array, index);
      case U64 -> unsigned(Bytes.i64(array, index));
      case F16 -> half(Bytes.u16(array, index));
      case F32 -> Bytes.f32(array, index);
      case F64 -> Bytes.f64(array, index);
    };
  }

  /** The number at an index, big-endian. */
  double readBig(byte[] array, int index) {
    return switch (this) {
      case I8 -> array[index];
      case U8 -> array[index] & 0xff;
      case I16 -> (short) Bytes.u16Big(array, index);
      case U16 -> Bytes.u16Big(array, index);
      case I32 -> Bytes.i32Big(array, index);
      case U32 -> Integer.toUnsignedLong(Bytes.i32Big(array, index));
      case I64 -> Bytes.i64Big(array, index);
      case U64 -> unsigned(Bytes.i64Big(array, index));
      case F16 -> half(Bytes.u16Big(array, index));
      case F32 -> Float.intBitsToFloat(Bytes.i32Big(array, index));
      case F64 -> Double.longBitsToDouble(Bytes.i64Big(array, index));
    };
  }

  /** The value of full strength when a colour is stored in this type: 1 for floats. */
  double colorMax() {
    return switch (this) {
      case U8, I8 -> 255;
      case U16, I16 -> 65535;
      case U32, I32, U64, I64 -> 4294967295.0;
      case F16, F32, F64 -> 1;
    };
  }

  private static double unsigned(long value) {
    return value >= 0 ? value : ((value >>> 1) | (value & 1)) * 2.0;
  }

  /** IEEE 754 binary16 to double. */
  private static double half(int bits) {
    int exponent = bits >>> 10 & 31;
    int fraction = bits & 1023;
    double magnitude =
        exponent == 0
            ? fraction * 0x1p-24
            : exponent == 31
                ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                : (1024 + fraction) * Math.scalb(1.0, exponent - 25);
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }
}
