package org.tessera.model.npy;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringJoiner;

/**
 * Reads and writes {@code .npy} files, format versions 1 to 3, as documented by NumPy ("NEP 1").
 * Both byte orders and both memory orders are read; row-major little-endian is written. Object and
 * structured types are refused, and no byte may follow the data.
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 1 << 20;
  private static final int CHUNK = 1 << 16;

  private Npy() {}

  /**
   * Reads a file.
   *
   * @throws NpyException when it is not a {@code .npy} file of plain numbers
   * @throws IOException when it cannot be read
   */
  public static NpyArray read(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), CHUNK)) {
      return read(in, file.toString());
    }
  }

  /**
   * Reads a stream to its end; the caller closes it.
   *
   * @param name what messages call the stream
   * @throws NpyException when it is not a {@code .npy} file of plain numbers
   * @throws IOException when it cannot be read
   */
  public static NpyArray read(InputStream in, String name) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(Arrays.copyOf(start, 6), MAGIC)) {
      throw new NpyException(
          "Cannot read " + name + ": it does not start as a .npy file (write it with numpy.save)");
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw new NpyException(
          "Cannot read " + name + ": .npy version " + version + " (versions 1 to 3 are read)");
    }
    byte[] lengthBytes = exactly(in, version == 1 ? 2 : 4, name);
    int length = 0;
    for (int i = lengthBytes.length - 1; i >= 0; i--) {
      length = length << 8 | lengthBytes[i] & 0xff;
    }
    if (length < 0 || length > MAX_HEADER) {
      throw new NpyException("Cannot read " + name + ": a header of " + length + " bytes");
    }
    byte[] headerBytes = exactly(in, length, name);
    NpyHeader header =
        NpyHeader.parse(
            new String(
                headerBytes, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1),
            name);
    NpyArray array = NpyData.read(in, header, name);
    if (in.read() >= 0) {
      throw new NpyException("Cannot read " + name + ": bytes follow the data (write it again)");
    }
    return array;
  }

  /** Writes a file, replacing one that is there. */
  public static void write(Path file, NpyArray array) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), CHUNK)) {
      write(out, array);
    }
  }

  /** Writes to a stream, byte for byte as {@code numpy.save} does; the caller closes it. */
  public static void write(OutputStream out, NpyArray array) throws IOException {
    out.write(header(array));
    NpyData.write(out, array);
  }

  private static byte[] header(NpyArray array) {
    StringJoiner shape = new StringJoiner(", ", "(", array.shape().length == 1 ? ",)" : ")");
    for (int extent : array.shape()) {
      shape.add(Integer.toString(extent));
    }
    String dictionary =
        "{'descr': '"
            + array.type().descr()
            + "', 'fortran_order': False, 'shape': "
            + shape
            + ", }";
    // NumPy leaves room for the first extent to grow to 21 characters, then fills up to 64 bytes.
    int[] extents = array.shape();
    int growth = extents.length == 0 ? 0 : 21 - Integer.toString(extents[0]).length();
    int content = 10 + dictionary.length() + growth + 1;
    int padded = (content + 63) / 64 * 64;
    ByteBuffer buffer = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (padded - 10));
    buffer.put(dictionary.getBytes(StandardCharsets.ISO_8859_1));
    while (buffer.remaining() > 1) {
      buffer.put((byte) ' ');
    }
    return buffer.put((byte) '\n').array();
  }

  private static byte[] exactly(InputStream in, int length, String name) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new NpyException("Cannot read " + name + ": it ends inside its header");
    }
    return bytes;
  }
}
