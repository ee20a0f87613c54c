package org.tessera.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;

/** How one slot's codes are used, small enough to be drawn whatever the codebook's size. */
final class SlotUse {
  private static final int MOST_CELLS = 1024;
  private static final int RANKS = 160;
  private static final int MOST_RANGES = 80;

  private SlotUse() {}

  /**
   * The cells of the heat map, the curve of ranks and the dead codes.
   *
   * @param counts by code, unused ones too
   */
  static void write(long[] counts, ObjectNode slot) {
    int width = (counts.length + MOST_CELLS - 1) / MOST_CELLS;
    slot.put("codes_per_cell", width);
    ArrayNode cells = slot.putArray("cells");
    for (int start = 0; start < counts.length; start += width) {
      long sum = 0;
      int end = Math.min(counts.length, start + width);
      for (int code = start; code < end; code++) {
        sum += counts[code];
      }
      cells.add(width == 1 ? sum : Math.round(100.0 * sum / (end - start)) / 100.0);
    }
    ranks(counts, slot.putArray("ranks"));
    dead(counts, slot);
  }

  /** The counts at ranks that are about equally far apart on a logarithmic axis. */
  private static void ranks(long[] counts, ArrayNode ranks) {
    long[] sorted = Arrays.stream(counts).filter(count -> count > 0).sorted().toArray();
    double last = -1;
    double step = Math.log(Math.max(2, sorted.length)) / RANKS;
    for (int rank = 1; rank <= sorted.length; rank++) {
      if (Math.log(rank) - last >= step || rank == sorted.length) {
        ranks.addArray().add(rank).add(sorted[sorted.length - rank]);
        last = Math.log(rank);
      }
    }
  }

  private static void dead(long[] counts, ObjectNode slot) {
    ArrayNode ranges = slot.putArray("dead");
    int dead = 0;
    for (int code = 0; code < counts.length; code++) {
      if (counts[code] > 0) {
        continue;
      }
      int first = code;
      while (code + 1 < counts.length && counts[code + 1] == 0) {
        code++;
      }
      dead += code - first + 1;
      if (ranges.size() < MOST_RANGES) {
        ranges.addArray().add(first).add(code);
      }
    }
    slot.put("dead_codes", dead);
  }
}
