package org.tessera.pipeline.plan;

import java.nio.charset.StandardCharsets;
import org.tessera.udf.sample.Sha256;

/** 128 bits of SHA-256: small enough for millions of inputs, too long to meet by chance. */
public record InputDigest(long high, long low) {
  /** Changes when an input's object or one of its companions changes. */
  public static InputDigest ofState(PlannedInput input) {
    return of(input.object().uri() + '\0' + input.identity());
  }

  /** The same for all states of an object. */
  public static InputDigest ofUri(String uri) {
    return of(uri);
  }

  private static InputDigest of(String text) {
    String hex = Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
    return new InputDigest(
        Long.parseUnsignedLong(hex.substring(0, 16), 16),
        Long.parseUnsignedLong(hex.substring(16, 32), 16));
  }
}
