package org.tessera.pipeline.tokens;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.tessera.udf.sample.Sha256;

/**
 * Digests of rows: the first eight bytes of SHA-256 over what identifies the row and what it says.
 * Their sum modulo 2^64 is that of a file, in whatever order its rows are read. Not thread-safe.
 */
public final class RowDigest {
  private final MessageDigest sha256 = Sha256.digest();
  private long sum;

  /** Adds a token row. */
  public void tokens(String sampleId, String contentSha256, int[] shape, int[] ids) {
    text(sampleId);
    text(contentSha256);
    numbers(shape);
    numbers(ids);
    finish();
  }

  /** Adds a reject row. */
  public void reject(String sampleId, String phase, String code, String message) {
    text(sampleId);
    text(phase);
    text(code);
    text(message);
    finish();
  }

  /** The sum so far. */
  public long sum() {
    return sum;
  }

  /** A sum as it stands in the ledger: 16 lower-case hex digits. */
  public static String hex(long sum) {
    return HexFormat.of().toHexDigits(sum);
  }

  /** Little-endian, after their number. */
  private void numbers(int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(values.length);
    bytes.asIntBuffer().put(values);
    sha256.update(bytes.array());
  }

  private void text(String value) {
    sha256.update(value.getBytes(StandardCharsets.UTF_8));
    sha256.update((byte) 0);
  }

  private void finish() {
    sum += ByteBuffer.wrap(sha256.digest()).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }
}
