package org.tessera.pipeline.stats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The form in which sums cross between machines. */
public final class Sums {
  private static final byte TOKENS = 1;
  private static final byte CORPUS = 2;

  private Sums() {}

  /** The form of a group's counts. */
  public static byte[] write(TokenCounts counts) {
    return bytes(TOKENS, counts::write);
  }

  /** The form of what is kept of the corpus. */
  public static byte[] write(CorpusCounts counts) {
    return bytes(CORPUS, counts::write);
  }

  /** Reads a group's counts. */
  public static TokenCounts tokens(byte[] bytes) {
    return read(bytes, TOKENS, TokenCounts::read);
  }

  /** Reads what is kept of the corpus. */
  public static CorpusCounts corpus(byte[] bytes) {
    return read(bytes, CORPUS, CorpusCounts::read);
  }

  /**
   * Adds two sums of the same kind.
   *
   * @throws IllegalArgumentException when they are not
   */
  public static byte[] add(byte[] left, byte[] right) {
    if (left[0] == TOKENS) {
      TokenCounts sum = tokens(left);
      sum.add(tokens(right));
      return write(sum);
    }
    CorpusCounts sum = corpus(left);
    sum.add(corpus(right));
    return write(sum);
  }

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private interface Reading<T> {
    T from(DataInputStream in) throws IOException;
  }

  private static byte[] bytes(byte kind, Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(kind);
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write counts to memory", e);
    }
    return bytes.toByteArray();
  }

  private static <T> T read(byte[] bytes, byte kind, Reading<T> reading) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte found = in.readByte();
      if (found != kind) {
        throw new IOException("kind " + found + " is not " + kind);
      }
      return reading.from(in);
    } catch (IOException e) {
      throw new IllegalArgumentException("Cannot read counts: " + e.getMessage(), e);
    }
  }
}
