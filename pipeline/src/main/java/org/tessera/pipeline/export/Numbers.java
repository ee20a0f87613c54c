package org.tessera.pipeline.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Arrays of ids as bytes: bare, or with the header of NumPy's format 1.0. */
final class Numbers {
  private static final int ALIGNMENT = 64;

  private Numbers() {}

  /** The ids, little-endian; they must fit. */
  static byte[] bytes(int[] ids, IdType type) {
    ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(ids.length, type.bytes()));
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    for (int id : ids) {
      type.put(buffer, id);
    }
    return buffer.array();
  }

  /** A {@code .npy} file of that shape, row-major. */
  static byte[] npy(int[] ids, IdType type, int... shape) {
    byte[] header = header(type, shape);
    byte[] data = bytes(ids, type);
    byte[] file = Arrays.copyOf(header, header.length + data.length);
    System.arraycopy(data, 0, file, header.length, data.length);
    return file;
  }

  /** The length of such a file. */
  static long npyBytes(long ids, IdType type, int... shape) {
    return header(type, shape).length + ids * type.bytes();
  }

  private static byte[] header(IdType type, int[] shape) {
    String extents =
        Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String text =
        String.format(
            "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }",
            type.numpy(), extents, shape.length == 1 ? "," : "");
    int unpadded = 10 + text.length() + 1;
    int length = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    buffer.put((byte) 1).put((byte) 0).putShort((short) (length - 10));
    buffer.put(text.getBytes(StandardCharsets.US_ASCII));
    while (buffer.position() < length - 1) {
      buffer.put((byte) ' ');
    }
    return buffer.put((byte) '\n').array();
  }
}
