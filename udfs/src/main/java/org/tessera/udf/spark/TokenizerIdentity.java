package org.tessera.udf.spark;

import java.util.OptionalInt;

/**
 * What makes two sets of tokens the same: the bundle's fingerprint and, where only the first ids
 * along its prefix axis are kept, how many. Written as {@code FINGERPRINT} or {@code
 * FINGERPRINT+keepN}.
 */
public final class TokenizerIdentity {
  private static final String KEEP = "+keep";

  private TokenizerIdentity() {}

  /** The identity of a bundle's tokens. */
  public static String of(String fingerprint, OptionalInt keep) {
    return keep.isEmpty() ? fingerprint : fingerprint + KEEP + keep.getAsInt();
  }

  /** The bundle's fingerprint. */
  public static String fingerprint(String identity) {
    int end = identity.indexOf(KEEP);
    return end < 0 ? identity : identity.substring(0, end);
  }

  /** How many ids along the prefix axis are kept; empty for all. */
  public static OptionalInt keep(String identity) {
    int end = identity.indexOf(KEEP);
    return end < 0
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(identity.substring(end + KEEP.length())));
  }
}
