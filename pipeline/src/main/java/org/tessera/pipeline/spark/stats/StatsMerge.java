package org.tessera.pipeline.spark.stats;

import org.apache.spark.api.java.function.Function2;
import org.tessera.pipeline.stats.TokenCounts;

/** Adds two sums. */
final class StatsMerge implements Function2<byte[], byte[], byte[]> {
  private static final long serialVersionUID = 1L;

  @Override
  public byte[] call(byte[] left, byte[] right) {
    TokenCounts sum = TokenCounts.fromBytes(left);
    sum.add(TokenCounts.fromBytes(right));
    return sum.toBytes();
  }
}
