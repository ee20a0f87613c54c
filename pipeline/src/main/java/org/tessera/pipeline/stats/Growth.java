package org.tessera.pipeline.stats;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many distinct codes the first n tokens of a slot hold, the rows taken in a random but fixed
 * order: each row has a place (uniform unsigned 64 bits, from its sample id and a seed), and for
 * each code the first place is kept, to a quarter of a power of two. A sum, whose result does not
 * depend on how the rows are spread. One byte a code. Not thread-safe.
 */
public final class Growth {
  /** Places in the upper half are not told apart: the whole is known from the counts. */
  private static final int HALF = 252;

  private final byte[] first;
  private final long[] tokens = new long[HALF];

  /** A point of the curve: the first {@code tokens} tokens hold {@code distinct} codes. */
  public record Point(long tokens, long distinct) {}

  /** Nothing seen yet. */
  public Growth(int codes) {
    first = new byte[codes];
    Arrays.fill(first, (byte) HALF);
  }

  /** Whether rows of this place are looked at. */
  static boolean matters(long place) {
    return place >= 0;
  }

  /** Looks at ids of a row; -1 is skipped. */
  void add(int[] ids, int from, int to, int step, long place) {
    int bin = bin(place);
    if (bin >= HALF) {
      return;
    }
    int counted = 0;
    for (int i = from; i < to; i += step) {
      int id = ids[i];
      if (id >= 0) {
        counted++;
        if ((first[id] & 0xff) > bin) {
          first[id] = (byte) bin;
        }
      }
    }
    tokens[bin] += counted;
  }

  /** The power of two and the two bits below it. */
  private static int bin(long place) {
    if (place == 0) {
      return 0;
    }
    int top = 63 - Long.numberOfLeadingZeros(place);
    int below = (int) (top >= 2 ? place >>> top - 2 : place << 2 - top) & 3;
    return top * 4 + below;
  }

  /** Adds another sum of the same codebook. */
  public void add(Growth other) {
    for (int i = 0; i < first.length; i++) {
      if ((other.first[i] & 0xff) < (first[i] & 0xff)) {
        first[i] = other.first[i];
      }
    }
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] += other.tokens[i];
    }
  }

  /**
   * The curve, up to everything.
   *
   * @param counts the counts of the same ids, for the last point
   */
  public List<Point> curve(CodebookCounts counts) {
    long[] found = new long[HALF + 1];
    for (byte bin : first) {
      found[bin & 0xff]++;
    }
    List<Point> curve = new ArrayList<>();
    long seen = 0;
    long distinct = 0;
    for (int bin = 0; bin < HALF; bin++) {
      distinct += found[bin];
      if (tokens[bin] > 0) {
        seen += tokens[bin];
        curve.add(new Point(seen, distinct));
      }
    }
    long total = counts.total();
    if (total > seen) {
      curve.add(new Point(total, counts.ranked().length));
    }
    return curve;
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(first.length);
    out.write(first);
    for (long count : tokens) {
      Varints.write(out, count);
    }
  }

  static Growth read(DataInput in) throws IOException {
    Growth made = new Growth(in.readInt());
    in.readFully(made.first);
    for (int i = 0; i < made.tokens.length; i++) {
      made.tokens[i] = Varints.read(in);
    }
    return made;
  }
}
