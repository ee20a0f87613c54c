package org.tessera.pipeline.export;

import java.nio.charset.StandardCharsets;
import org.tessera.udf.sample.Sha256;

/** The order of an export: by a hash of seed and name, so that nothing else decides it. */
public final class Order {
  private static final int DIGITS = 32;

  private Order() {}

  /** 32 hex digits, uniform over names and seeds. */
  public static String place(String name, long seed) {
    return Sha256.hex((seed + "\0" + name).getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }

  /** The part, of so many equal ones, that a place lies in. */
  public static int part(String place, int parts) {
    long first = Long.parseLong(place.substring(0, 8), 16);
    return (int) (first * parts >>> 32);
  }

  /** How often a weight takes a sequence of this name: on average {@code weight} times. */
  static int copies(String name, double weight, long seed) {
    double whole = Math.floor(weight);
    long draw = Long.parseLong(place(name, ~seed).substring(0, 8), 16);
    return (int) whole + (draw < (weight - whole) * (1L << 32) ? 1 : 0);
  }
}
