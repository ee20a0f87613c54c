package org.tessera.udf.container;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The container formats, told by content. */
public enum ContainerFormat {
  /** A tar archive (POSIX or GNU), e.g. a WebDataset shard. */
  TAR,
  /** A gzip stream of a tar archive. */
  TAR_GZ,
  /** A zip archive. */
  ZIP,
  /** An Apache Parquet file with a column of file contents. */
  PARQUET;

  /** How many first bytes {@link #sniff} wants to see; fewer when the file is shorter. */
  public static final int HEAD_BYTES = 512;

  private static final int TAR_MAGIC = 257;

  /** The format of a file, or empty when it is no container; a gzip stream is taken for a tar. */
  public static Optional<ContainerFormat> sniff(byte[] head) {
    if (head.length >= TAR_MAGIC + 5
        && new String(head, TAR_MAGIC, 5, StandardCharsets.US_ASCII).equals("ustar")) {
      return Optional.of(TAR);
    }
    if (startsWith(head, 0x1f, 0x8b, 0x08)) {
      return Optional.of(TAR_GZ);
    }
    if (startsWith(head, 'P', 'K', 3, 4) && !isNpz(head) || startsWith(head, 'P', 'K', 5, 6)) {
      return Optional.of(ZIP);
    }
    if (startsWith(head, 'P', 'A', 'R', '1')) {
      return Optional.of(PARQUET);
    }
    return Optional.empty();
  }

  /** An NPZ file is a zip of NPY arrays, and one sample. */
  private static boolean isNpz(byte[] head) {
    if (head.length < 30) {
      return false;
    }
    int length = (head[26] & 0xff) | (head[27] & 0xff) << 8;
    if (length > head.length - 30) {
      return false;
    }
    return new String(head, 30, length, StandardCharsets.UTF_8).endsWith(".npy");
  }

  private static boolean startsWith(byte[] head, int... magic) {
    if (head.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((head[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
