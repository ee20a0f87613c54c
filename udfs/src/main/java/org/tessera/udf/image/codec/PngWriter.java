package org.tessera.udf.image.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes 8-bit PNG files; equal pixels give equal bytes on every machine with the same zlib. */
public final class PngWriter {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int UP_FILTER = 2;

  private PngWriter() {}

  /** The file of a gray, RGB or RGBA image. */
  public static byte[] write(Raster raster) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(SIGNATURE);
    int colour =
        switch (raster.channels()) {
          case Raster.GRAY -> 0;
          case Raster.RGB -> 2;
          default -> 6;
        };
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(raster.width())
            .putInt(raster.height())
            .put((byte) 8)
            .put((byte) colour)
            .array();
    chunk(out, "IHDR", header);
    chunk(out, "IDAT", compress(filtered(raster)));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  /** Each row as the difference to the row above, which suits most pictures. */
  private static byte[] filtered(Raster raster) {
    int length = raster.width() * raster.channels();
    byte[] data = raster.data();
    byte[] rows = new byte[Math.multiplyExact(length + 1, raster.height())];
    for (int y = 0; y < raster.height(); y++) {
      int to = y * (length + 1);
      int from = y * length;
      rows[to] = UP_FILTER;
      for (int i = 0; i < length; i++) {
        int above = y == 0 ? 0 : data[from - length + i];
        rows[to + 1 + i] = (byte) (data[from + i] - above);
      }
    }
    return rows;
  }

  private static byte[] compress(byte[] rows) {
    Deflater deflater = new Deflater();
    try {
      deflater.setInput(rows);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(rows.length / 2 + 64);
      byte[] buffer = new byte[1 << 16];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static void chunk(ByteArrayOutputStream out, String name, byte[] data) {
    byte[] body =
        ByteBuffer.allocate(4 + data.length)
            .put(name.getBytes(StandardCharsets.ISO_8859_1))
            .put(data)
            .array();
    CRC32 crc = new CRC32();
    crc.update(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
