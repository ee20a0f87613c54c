package org.tessera.pipeline.fit;

import java.util.Arrays;

/** How codes are used, from how often each occurs. */
final class Usage {
  private Usage() {}

  /** How many codes occur. */
  static int used(long[] counts) {
    return (int) Arrays.stream(counts).filter(count -> count > 0).count();
  }

  /** Two to the entropy of the codes in bits: how many equally likely codes would carry as much. */
  static double perplexity(long[] counts) {
    double total = Arrays.stream(counts).sum();
    double entropy = 0;
    for (long count : counts) {
      if (count > 0) {
        entropy -= count / total * StrictMath.log(count / total);
      }
    }
    return StrictMath.exp(entropy);
  }
}
