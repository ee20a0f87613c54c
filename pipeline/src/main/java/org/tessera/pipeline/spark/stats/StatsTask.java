package org.tessera.pipeline.spark.stats;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.pipeline.stats.SlotLayout;
import org.tessera.pipeline.stats.TokenCounts;
import scala.Tuple2;

/**
 * Counts one partition of rows {@code tokens, shape, group...} for each way of grouping. When the
 * groups outgrow their budget their partial counts are passed on and started anew, so memory does
 * not depend on how many groups there are.
 */
final class StatsTask
    implements PairFlatMapFunction<Iterator<InternalRow>, Tuple2<Integer, String>, byte[]> {
  private static final long serialVersionUID = 1L;
  private static final int FIRST_GROUP = 2;

  private final LayoutText layout;
  private final int groupings;
  private final long budget;

  /**
   * Makes the task.
   *
   * @param groupings how many group columns follow tokens and shape
   * @param budget bytes of counts to hold at most, beyond one group of each grouping
   */
  StatsTask(TokenLayout layout, int groupings, long budget) {
    this.layout = LayoutText.of(layout);
    this.groupings = groupings;
    this.budget = budget;
  }

  @Override
  public Iterator<Tuple2<Tuple2<Integer, String>, byte[]>> call(Iterator<InternalRow> rows) {
    return new Counting(rows, new SlotLayout(layout.layout()));
  }

  private final class Counting implements Iterator<Tuple2<Tuple2<Integer, String>, byte[]>> {
    private final Iterator<InternalRow> rows;
    private final SlotLayout slots;
    private final Deque<Tuple2<Tuple2<Integer, String>, byte[]>> ready = new ArrayDeque<>();
    private final Map<Tuple2<Integer, UTF8String>, TokenCounts> counts = new LinkedHashMap<>();
    private long held;

    Counting(Iterator<InternalRow> rows, SlotLayout slots) {
      this.rows = rows;
      this.slots = slots;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && rows.hasNext()) {
        count(rows.next());
        if (held > budget || !rows.hasNext()) {
          flush();
        }
      }
      return !ready.isEmpty();
    }

    @Override
    public Tuple2<Tuple2<Integer, String>, byte[]> next() {
      if (!hasNext()) {
        throw new java.util.NoSuchElementException();
      }
      return ready.remove();
    }

    private void count(InternalRow row) {
      int[] ids = row.getArray(0).toIntArray();
      int[] shape = row.getArray(1).toIntArray();
      for (int grouping = 0; grouping < groupings; grouping++) {
        counts(grouping, row.getUTF8String(FIRST_GROUP + grouping)).add(slots, ids, shape);
      }
    }

    private TokenCounts counts(int grouping, UTF8String group) {
      TokenCounts found = counts.get(new Tuple2<>(grouping, group));
      if (found == null) {
        found = new TokenCounts(slots);
        held += found.bytes();
        counts.put(new Tuple2<>(grouping, group.copy()), found);
      }
      return found;
    }

    private void flush() {
      counts.forEach(
          (key, value) ->
              ready.add(
                  new Tuple2<>(new Tuple2<>(key._1(), key._2().toString()), value.toBytes())));
      counts.clear();
      held = 0;
    }
  }
}
