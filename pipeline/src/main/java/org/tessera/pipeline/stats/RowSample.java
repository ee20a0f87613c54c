package org.tessera.pipeline.stats;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A uniform sample of rows: those of the lowest places (see {@link Growth}) whose ids together are
 * no more than a bound. A sum: the sample of two parts together follows from their samples, so it
 * does not depend on how the rows are spread. Not thread-safe.
 */
public final class RowSample {
  private final long bound;
  private final PriorityQueue<Row> rows =
      new PriorityQueue<>((a, b) -> Long.compareUnsigned(b.place, a.place));
  private long held;

  /** The lowest place that was left out; all rows from there on are left out. -1 when none was. */
  private long limit = -1;

  /** A row of the sample. */
  public record Row(long place, int[] ids, int[] shape) {}

  /**
   * No rows yet.
   *
   * @param bound the most ids to keep
   */
  public RowSample(long bound) {
    this.bound = bound;
  }

  /** Offers a row; its arrays are copied when it is kept. */
  void add(int[] ids, int from, int to, int[] shape, long place) {
    if (Long.compareUnsigned(place, limit) < 0) {
      keep(new Row(place, java.util.Arrays.copyOfRange(ids, from, to), shape.clone()));
    }
  }

  private void keep(Row row) {
    rows.add(row);
    held += row.ids.length;
    while (held > bound) {
      Row last = rows.remove();
      held -= last.ids.length;
      limit = last.place;
    }
  }

  /** Adds another sample of the same bound. */
  public void add(RowSample other) {
    if (Long.compareUnsigned(other.limit, limit) < 0) {
      limit = other.limit;
    }
    List<Row> all = new ArrayList<>(rows);
    all.addAll(other.rows);
    rows.clear();
    held = 0;
    for (Row row : all) {
      if (Long.compareUnsigned(row.place, limit) < 0) {
        keep(row);
      }
    }
  }

  /** The rows, the lowest place first. */
  public List<Row> rows() {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort((a, b) -> Long.compareUnsigned(a.place, b.place));
    return sorted;
  }

  void write(DataOutput out) throws IOException {
    Varints.write(out, bound);
    out.writeLong(limit);
    List<Row> sorted = rows();
    Varints.write(out, sorted.size());
    for (Row row : sorted) {
      out.writeLong(row.place);
      writeInts(out, row.shape);
      writeInts(out, row.ids);
    }
  }

  static RowSample read(DataInput in) throws IOException {
    RowSample made = new RowSample(Varints.read(in));
    made.limit = in.readLong();
    for (long left = Varints.read(in); left > 0; left--) {
      long place = in.readLong();
      int[] shape = readInts(in);
      Row row = new Row(place, readInts(in), shape);
      made.rows.add(row);
      made.held += row.ids.length;
    }
    return made;
  }

  private static void writeInts(DataOutput out, int[] values) throws IOException {
    Varints.write(out, values.length);
    for (int value : values) {
      Varints.write(out, value + 1L);
    }
  }

  private static int[] readInts(DataInput in) throws IOException {
    int[] values = new int[(int) Varints.read(in)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (int) (Varints.read(in) - 1);
    }
    return values;
  }
}
