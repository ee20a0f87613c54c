package org.tessera.pipeline.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.tessera.udf.sample.Sha256;

/** 128 bits of SHA-256: small enough for millions of inputs, too long to meet by chance. */
public record InputDigest(long high, long low) {
  private static final int HEX_DIGITS = 32;

  /** Changes when an input's object or one of its companions changes. */
  public static InputDigest ofState(PlannedInput input) {
    return of(input.object().uri() + '\0' + input.identity());
  }

  /** The same for all states of an object. */
  public static InputDigest ofUri(String uri) {
    return of(uri);
  }

  /** The first half of a SHA-256 in hex. */
  public static InputDigest ofSha256(String hex) {
    return of(ByteBuffer.wrap(HexFormat.of().parseHex(hex, 0, HEX_DIGITS)));
  }

  private static InputDigest of(String text) {
    return of(ByteBuffer.wrap(Sha256.of(text.getBytes(StandardCharsets.UTF_8))));
  }

  private static InputDigest of(ByteBuffer bytes) {
    return new InputDigest(bytes.getLong(), bytes.getLong());
  }
}
