package org.tessera.udf.container;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** A tar archive, plain or in gzip. */
final class TarArchive implements Archive {
  private static final int BUFFER = 1 << 16;

  private final GuardedStream guarded;
  private final TarArchiveInputStream tar;

  private TarArchive(GuardedStream guarded, TarArchiveInputStream tar) {
    this.guarded = guarded;
    this.tar = tar;
  }

  /** Opens a tar stream, which is closed with the archive. */
  static TarArchive open(InputStream in, Limits limits) {
    GuardedStream guarded = new GuardedStream(in, limits);
    return new TarArchive(guarded, new TarArchiveInputStream(guarded, "UTF-8"));
  }

  /**
   * Opens a tar stream in gzip, which is closed with the archive.
   *
   * @throws SampleException when it is not gzip, or what it holds is no tar
   */
  static TarArchive openGzip(InputStream in, Limits limits) throws SampleException, IOException {
    CountingStream compressed = new CountingStream(new BufferedInputStream(in, BUFFER));
    try {
      GzipCompressorInputStream gzip =
          GzipCompressorInputStream.builder()
              .setInputStream(compressed)
              .setDecompressConcatenated(true)
              .get();
      PushbackInputStream unpacked = new PushbackInputStream(gzip, TarConstants.DEFAULT_RCDSIZE);
      checkTar(unpacked);
      GuardedStream guarded = new GuardedStream(unpacked, limits).against(compressed);
      return new TarArchive(guarded, new TarArchiveInputStream(guarded, "UTF-8"));
    } catch (EOFException e) {
      throw damaged(RejectCode.TRUNCATED, "the gzip stream ends early", compressed.count());
    } catch (IOException e) {
      throw damaged(RejectCode.MALFORMED, e.getMessage(), compressed.count());
    }
  }

  private static void checkTar(PushbackInputStream unpacked) throws IOException, SampleException {
    byte[] head = unpacked.readNBytes(TarConstants.DEFAULT_RCDSIZE);
    unpacked.unread(head);
    if (!isTar(head)) {
      throw SampleException.at(
          Phase.CONTAINER,
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot read a gzip stream that holds no tar archive (unpack it first)",
          0);
    }
  }

  /** A tar begins with a header that has a checksum, or with the zeros of its end. */
  private static boolean isTar(byte[] head) {
    if (head.length < TarConstants.DEFAULT_RCDSIZE) {
      return false;
    }
    try {
      return TarUtils.verifyCheckSum(head) || Arrays.equals(head, new byte[head.length]);
    } catch (IllegalArgumentException e) {
      return false; // no number stands where the checksum does
    }
  }

  @Override
  public Member next() throws SampleException, IOException {
    try {
      while (true) {
        TarArchiveEntry entry = tar.getNextEntry();
        if (entry == null) {
          return null;
        }
        if (!entry.isFile() || entry.isSparse()) {
          continue;
        }
        if (entry.getSize() > guarded.limits().bytes()) {
          throw damaged(
              RejectCode.TOO_LARGE,
              entry.getName()
                  + " has "
                  + entry.getSize()
                  + " bytes, the limit is "
                  + guarded.limits().bytes()
                  + " (raise limits.bytes)",
              guarded.count());
        }
        byte[] content = tar.readNBytes(Math.toIntExact(entry.getSize()));
        if (content.length < entry.getSize()) {
          throw damaged(RejectCode.TRUNCATED, "it ends within " + entry.getName(), guarded.count());
        }
        return new Member(entry.getName(), content);
      }
    } catch (GuardedStream.BombException e) {
      throw damaged(RejectCode.TOO_LARGE, e.getMessage(), guarded.count());
    } catch (GuardedStream.StorageException e) {
      throw e.storage();
    } catch (EOFException e) {
      throw damaged(RejectCode.TRUNCATED, "it ends early", guarded.count());
    } catch (ZipException e) {
      throw damaged(RejectCode.MALFORMED, e.getMessage(), guarded.count());
    } catch (IOException | IllegalArgumentException e) {
      boolean early =
          String.valueOf(e.getMessage()).toLowerCase(java.util.Locale.ROOT).contains("truncated");
      throw damaged(
          early ? RejectCode.TRUNCATED : RejectCode.MALFORMED, e.getMessage(), guarded.count());
    }
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  private static SampleException damaged(RejectCode code, String what, long offset) {
    return SampleException.at(
        Phase.CONTAINER, code, "Cannot read the tar archive further: " + what, offset);
  }
}
