package org.tessera.pipeline.stats;

/** Huffman's code (Huffman 1952) for known counts. */
final class Huffman {
  private Huffman() {}

  /**
   * The bits of all ids under the code: the sum of the weights of its inner nodes. 0 when there is
   * one code.
   *
   * @param ranked counts, largest first
   */
  static double bits(long[] ranked) {
    int leaves = ranked.length;
    long[] inner = new long[Math.max(0, leaves - 1)];
    int leaf = leaves - 1;
    int read = 0;
    double bits = 0;
    for (int made = 0; made < inner.length; made++) {
      long weight = 0;
      for (int child = 0; child < 2; child++) {
        if (leaf >= 0 && (read >= made || ranked[leaf] <= inner[read])) {
          weight += ranked[leaf--];
        } else {
          weight += inner[read++];
        }
      }
      inner[made] = weight;
      bits += weight;
    }
    return bits;
  }
}
