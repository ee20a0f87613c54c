package org.tessera.pipeline.plan;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Digests, numbered in the order in which they came: some 30 bytes for each of millions. Not
 * thread-safe.
 */
public final class DigestSet implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int FIRST = 1 << 10;
  private static final int MOST = 1 << 29;

  /** Two longs for each digest, by number. */
  private long[] digests = new long[FIRST];

  /** Open addressing: the number of the digest that has this place, plus one; 0 when free. */
  private int[] places = new int[FIRST];

  private int size;

  /** Adds a digest; whether it is new. */
  public boolean add(InputDigest digest) {
    int before = size;
    number(digest);
    return size > before;
  }

  /** Whether a digest was added. */
  public boolean contains(InputDigest digest) {
    return find(digest) >= 0;
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /** The number of a digest; -1 when it is not there. */
  int find(InputDigest digest) {
    return places[place(digest.high(), digest.low())] - 1;
  }

  /** The number of a digest, which is added when it is not there. */
  int number(InputDigest digest) {
    int place = place(digest.high(), digest.low());
    if (places[place] > 0) {
      return places[place] - 1;
    }
    if (size == MOST) {
      throw new IllegalStateException(
          "Cannot plan more than " + MOST + " inputs at once (plan a part of them at a time)");
    }
    if (2 * size + 2 > digests.length) {
      digests = Arrays.copyOf(digests, digests.length + (digests.length >> 1));
    }
    digests[2 * size] = digest.high();
    digests[2 * size + 1] = digest.low();
    places[place] = ++size;
    if (size > places.length / 8 * 5) {
      grow();
    }
    return size - 1;
  }

  /** Where a digest is, or the free place where it would be. Digests are random: no mixing. */
  private int place(long high, long low) {
    int mask = places.length - 1;
    int place = (int) high & mask;
    while (places[place] > 0) {
      int at = 2 * (places[place] - 1);
      if (digests[at] == high && digests[at + 1] == low) {
        return place;
      }
      place = place + 1 & mask;
    }
    return place;
  }

  private void grow() {
    places = new int[2 * places.length];
    for (int number = 0; number < size; number++) {
      places[place(digests[2 * number], digests[2 * number + 1])] = number + 1;
    }
  }
}
