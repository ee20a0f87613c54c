package org.tessera.udf.sample;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes of a local file, read by position. */
public final class FileSource implements ByteSource, Closeable {
  private final Path file;
  private final FileChannel channel;
  private final long size;
  private volatile String sha256;

  /** Opens the file; its size is taken now and must not change. */
  public FileSource(Path file) throws IOException {
    this(file, null);
  }

  /**
   * Opens a file, which may have been hashed while it was written.
   *
   * @param sha256 of its bytes, lower-case hex; null when it is not known
   */
  public FileSource(Path file, String sha256) throws IOException {
    this.file = file;
    this.sha256 = sha256;
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    this.size = channel.size();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(long position, byte[] target, int offset, int length) throws SampleException {
    try {
      return channel.read(ByteBuffer.wrap(target, offset, length), position);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public byte[] readAll(long limit) throws SampleException {
    Limits.checkBytes(size, limit);
    byte[] bytes = new byte[Math.toIntExact(size)];
    int done = 0;
    while (done < bytes.length) {
      int count = read(done, bytes, done, bytes.length - done);
      if (count < 0) {
        throw SampleException.at(
            Phase.FETCH,
            RejectCode.CHANGED,
            "Cannot read the whole file: it became shorter while it was read",
            done);
      }
      done += count;
    }
    return bytes;
  }

  @Override
  public String sha256() throws SampleException {
    String known = sha256;
    if (known == null) {
      known = Sha256.hex(this);
      sha256 = known;
    }
    return known;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private SampleException unreadable(IOException e) {
    return SampleException.passing(
        Phase.FETCH,
        RejectCode.UNREADABLE,
        "Cannot read local file " + file + ": " + e.getMessage() + " (check the local disk)");
  }
}
