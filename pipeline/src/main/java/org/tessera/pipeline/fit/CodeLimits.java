package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds the limits of codes ({@link CodeGroups#limits}) when a search first meets them. Not
 * thread-safe.
 */
final class CodeLimits {
  private final Codebook codebook;
  private final CodeGroups groups;
  private final CodeTable table;

  CodeLimits(Codebook codebook, CodeTable table) {
    this.codebook = codebook;
    this.groups = codebook.groups();
    this.table = table;
  }

  /** Sets the limits of the first so many of some codes, no more than the table has rows. */
  void learn(int[] codes, int count) {
    BitSet met = null;
    for (int i = 0; i < count; i++) {
      if (groups.limits(codes[i]) == null) {
        met = met == null ? new BitSet() : met;
        met.set(codes[i]);
      }
    }
    if (met != null) {
      learn(met.stream().toArray());
    }
  }

  private void learn(int[] codes) {
    double[] squares = new double[codes.length];
    float[] lengths = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      int from = codes[i] * codebook.dimensions();
      squares[i] = table.squareOf(codebook.values(), from);
      lengths[i] = table.lengthOf(squares[i]);
      table.put(i, codebook.values(), from, lengths[i]);
    }
    float[][] found = new float[codes.length][groups.number()];
    for (float[] limits : found) {
      Arrays.fill(limits, Float.POSITIVE_INFINITY);
    }
    for (int group = 0; group < groups.number(); group++) {
      for (CodeTable.Part part : table.parts(group)) {
        for (int from = 0; from < codes.length; from += part.rows()) {
          int count = Math.min(part.rows(), codes.length - from);
          table.multiply(part, from, count);
          for (int i = 0; i < count; i++) {
            int at = from + i;
            table.remove(part, i, codes[at]);
            double whole = table.whole(part, lengths[at]) + 0.5 * squares[at];
            double score = table.score(part, i, table.greatest(part, i));
            double half = whole - score - table.error(part, lengths[at]);
            float limit = half > 0 ? (float) Math.sqrt(half / 2) / NearestCodes.SAFE : 0;
            found[at][group] = Math.min(found[at][group], limit);
          }
        }
      }
    }
    for (int i = 0; i < codes.length; i++) {
      groups.set(codes[i], new CodeGroups.Limits(found[i]));
    }
  }
}
