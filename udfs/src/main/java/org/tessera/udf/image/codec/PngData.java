package org.tessera.udf.image.codec;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.tessera.udf.sample.SampleException;

/**
 * The compressed rows of a PNG file, inflated one at a time. Not thread-safe; closed by the user.
 */
final class PngData implements AutoCloseable {
  private final byte[] b;
  private final Inflater inflater = new Inflater();
  private int chunk;
  private boolean ended;

  /**
   * Starts at the first chunk of image data.
   *
   * @param firstChunk the byte position of that chunk's length field
   */
  PngData(byte[] b, int firstChunk) throws SampleException {
    this.b = b;
    this.chunk = firstChunk;
    feed();
  }

  /** Whether the compressed stream has ended; rows that were not in it stay black. */
  boolean ended() {
    return ended;
  }

  /** The byte position behind the chunk that is being inflated. */
  int next() {
    return chunk;
  }

  /** Fills the first {@code length} bytes of a row. */
  void row(byte[] row, int length) throws SampleException {
    int done = 0;
    while (done < length) {
      int count;
      try {
        count = inflater.inflate(row, done, length - done);
      } catch (DataFormatException e) {
        throw Faults.malformed(ImageFormat.PNG, "corrupt compressed pixels", position());
      }
      done += count;
      ended = inflater.finished();
      if (done == length) {
        return;
      }
      if (ended || inflater.needsDictionary()) {
        throw Faults.truncated(ImageFormat.PNG, "the compressed stream", position());
      }
      if (inflater.getRemaining() == 0) {
        feed();
      }
    }
  }

  /** Gives the next chunk of image data to the inflater. */
  private void feed() throws SampleException {
    while (true) {
      if (chunk + 8 > b.length) {
        throw Faults.truncated(ImageFormat.PNG, "the image data", b.length);
      }
      if (!PngHeader.isChunkName(b, chunk + 4)) {
        throw Faults.malformed(ImageFormat.PNG, "a broken chunk name", chunk + 4L);
      }
      String name = Bytes.latin1(b, chunk + 4, chunk + 8);
      boolean frame = name.equals("fdAT");
      if (!frame && !name.equals("IDAT") && !name.equals("DDAT")) {
        throw Faults.truncated(ImageFormat.PNG, "the image data before chunk " + name, chunk);
      }
      int from = chunk + 8 + (frame ? 4 : 0);
      long end = chunk + 8 + Bytes.u32be(b, chunk);
      int available = (int) Math.min(end, b.length) - from;
      chunk = (int) Math.min(end + 4, b.length);
      if (available > 0) {
        inflater.setInput(b, from, available);
        return;
      }
    }
  }

  private long position() {
    return chunk - 4L - inflater.getRemaining();
  }

  @Override
  public void close() {
    inflater.end();
  }
}
