package org.tessera.udf.container;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.Enumeration;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** A zip archive, read through its directory, in the order of its bytes. */
final class ZipArchive implements Archive {
  private final ZipFile zip;
  private final Enumeration<ZipArchiveEntry> entries;
  private final Limits limits;

  private ZipArchive(ZipFile zip, Limits limits) {
    this.zip = zip;
    this.entries = zip.getEntriesInPhysicalOrder();
    this.limits = limits;
  }

  /**
   * Opens an archive.
   *
   * @throws SampleException when its directory cannot be read
   */
  static ZipArchive open(ByteSource source, Limits limits) throws SampleException {
    try {
      return new ZipArchive(
          ZipFile.builder().setSeekableByteChannel(new SourceChannel(source)).get(), limits);
    } catch (IOException | RuntimeException e) {
      throw SampleException.at(
          Phase.CONTAINER,
          RejectCode.MALFORMED,
          "Cannot read the zip archive: its directory is damaged or missing: " + e.getMessage(),
          source.size());
    }
  }

  @Override
  public Member next() throws SampleException {
    while (entries.hasMoreElements()) {
      ZipArchiveEntry entry = entries.nextElement();
      if (entry.isDirectory() || entry.isUnixSymlink()) {
        continue;
      }
      return new Member(entry.getName(), content(entry));
    }
    return null;
  }

  private byte[] content(ZipArchiveEntry entry) throws SampleException {
    if (!zip.canReadEntryData(entry)) {
      throw damaged(
          entry, RejectCode.UNSUPPORTED_FORMAT, "it is encrypted or compressed in a rare way");
    }
    if (entry.getSize() > limits.bytes()) {
      throw damaged(entry, RejectCode.TOO_LARGE, tooLarge(entry.getSize()));
    }
    try (InputStream in = zip.getInputStream(entry)) {
      // The directory may lie about the size: read one byte more than allowed to find out.
      byte[] content = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, limits.bytes() + 1));
      if (content.length > limits.bytes()) {
        throw damaged(entry, RejectCode.TOO_LARGE, tooLarge(content.length));
      }
      return content;
    } catch (IOException | RuntimeException e) {
      throw damaged(entry, RejectCode.MALFORMED, e.getMessage());
    }
  }

  private String tooLarge(long bytes) {
    return "it has "
        + bytes
        + " bytes or more, the limit is "
        + limits.bytes()
        + " (raise limits.bytes)";
  }

  private static SampleException damaged(ZipArchiveEntry entry, RejectCode code, String what) {
    return SampleException.at(
        Phase.CONTAINER,
        code,
        "Cannot read " + entry.getName() + " in the zip archive: " + what,
        Math.max(0, entry.getLocalHeaderOffset()));
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  /** A source as a channel. Not thread-safe. */
  private static final class SourceChannel implements SeekableByteChannel {
    private final ByteSource source;
    private long position;
    private boolean open = true;

    SourceChannel(ByteSource source) {
      this.source = source;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      if (!open) {
        throw new ClosedChannelException();
      }
      if (!target.hasRemaining()) {
        return 0;
      }
      byte[] chunk = new byte[Math.min(target.remaining(), 1 << 16)];
      try {
        int count = source.read(position, chunk, 0, chunk.length);
        if (count > 0) {
          target.put(chunk, 0, count);
          position += count;
        }
        return count;
      } catch (SampleException e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
      position = newPosition;
      return this;
    }

    @Override
    public long size() {
      return source.size();
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }

    @Override
    public int write(ByteBuffer from) {
      throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      throw new NonWritableChannelException();
    }
  }
}
