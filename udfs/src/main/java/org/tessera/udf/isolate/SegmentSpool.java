package org.tessera.udf.isolate;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;

/** Segments of one file that wait to be taken: a little in memory, more in a local file. */
final class SegmentSpool {
  private static final int HEAP_BYTES = 1 << 20;

  private final ByteArrayOutputStream heap = new ByteArrayOutputStream();
  private DataOutputStream out = new DataOutputStream(heap);
  private Path file;
  private int segments;

  void add(Segment segment) {
    try {
      Wire.writeSegment(out, segment);
      segments++;
      if (file == null && heap.size() > HEAP_BYTES) {
        file = Files.createTempFile("tessera-segments-", ".bin");
        OutputStream target = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        heap.writeTo(target);
        heap.reset();
        out = new DataOutputStream(target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot hold a file's segments (check the local disk)", e);
    }
  }

  /** The segments in order; what holds them is let go of when they are closed. */
  Segments read() {
    try {
      out.close();
      InputStream source =
          file == null
              ? new ByteArrayInputStream(heap.toByteArray())
              : new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      return new Spooled(new DataInputStream(source), segments);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a file's segments (check the local disk)", e);
    }
  }

  /** Forgets the segments. */
  void close() {
    try {
      out.close();
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + file, e);
    }
  }

  private final class Spooled implements Segments {
    private final DataInputStream in;
    private int left;

    Spooled(DataInputStream in, int left) {
      this.in = in;
      this.left = left;
    }

    @Override
    public Segment next() {
      if (left == 0) {
        return null;
      }
      left--;
      try {
        return Wire.readSegment(in);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read a file's segments (check the local disk)", e);
      }
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot close a file's segments", e);
      }
      SegmentSpool.this.close();
    }
  }
}
