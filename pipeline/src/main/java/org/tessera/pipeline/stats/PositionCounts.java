package org.tessera.pipeline.stats;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Counts by slot and by the place along one axis, or along all axes but the slots' one when the
 * axis is {@code position}. A sum. Not thread-safe.
 */
public final class PositionCounts {
  /** The axis that is all axes but the slots' one. */
  public static final String POSITION = "position";

  /** Places from this one on are counted together under it. */
  public static final int LAST = 4095;

  private static final long MOST_BYTES = 1L << 30;

  private final SlotLayout layout;
  private final String axis;
  private final List<CodebookCounts[]> cells = new ArrayList<>();
  private int[] shape = new int[0];
  private int[] places;
  private int[] slotOf;

  /**
   * No ids yet.
   *
   * @throws IllegalArgumentException when there is no such axis, or its counts would not fit memory
   */
  public PositionCounts(SlotLayout layout, String axis) {
    this.layout = layout;
    this.axis = axis;
    if (!axis.equals(POSITION) && !layout.axes().contains(axis)) {
      throw new IllegalArgumentException(
          "Cannot count along "
              + axis
              + ": the layout has the axes "
              + layout.axes()
              + " (or choose position)");
    }
    long codes = 0;
    for (int slot = 0; slot < layout.slots(); slot++) {
      codes += layout.radix(slot);
    }
    long bytes = 8 * codes * extent();
    if (bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot count along %s: %d codes at %d places need %d MB (choose a shorter axis)",
              axis, codes, extent(), bytes >> 20));
    }
  }

  private PositionCounts(String axis) {
    this.layout = null;
    this.axis = axis;
  }

  /** How many places there are at most; where the layout does not say, one is taken. */
  private long extent() {
    long extent = 1;
    for (int i = 0; i < layout.axes().size(); i++) {
      String name = layout.axes().get(i);
      boolean along = axis.equals(POSITION) ? !name.equals(layout.axis()) : name.equals(axis);
      extent *= along ? Math.max(1, layout.shape().get(i)) : 1;
    }
    return Math.min(extent, LAST + 1);
  }

  void add(TokenRow row) {
    if (row.positions() != null || !Arrays.equals(shape, row.shape())) {
      prepare(row);
    }
    for (int i = 0; i < places.length; i++) {
      int id = row.ids()[row.from() + i];
      if (id >= 0) {
        cells(places[i])[slotOf[i]].add(id, 1);
      }
    }
  }

  /** The place and the slot of each id of a shape; kept ones have the places of all. */
  private void prepare(TokenRow row) {
    shape = row.shape().clone();
    int size = row.to() - row.from();
    slotOf = new int[size];
    places = new int[size];
    layout.runs(
        0,
        size,
        shape,
        (slot, from, to, step) -> {
          for (int i = from; i < to; i += step) {
            slotOf[i] = slot;
          }
        });
    for (int i = 0; i < size; i++) {
      int place = 0;
      int rest = i;
      int block = size;
      for (int a = 0; a < shape.length; a++) {
        block /= shape[a];
        int index = rest / block;
        int extent = shape[a];
        rest %= block;
        if (row.positions() != null && a == shape.length - 1) {
          index = row.positions()[index];
          extent = layout.shape().get(a);
        }
        String name = layout.axes().get(a);
        if (axis.equals(POSITION) && !name.equals(layout.axis())) {
          place = place * extent + index;
        } else if (name.equals(axis)) {
          place = index;
        }
      }
      places[i] = Math.min(place, LAST);
    }
  }

  private CodebookCounts[] cells(int place) {
    while (cells.size() <= place) {
      CodebookCounts[] slots = new CodebookCounts[layout.slots()];
      for (int slot = 0; slot < slots.length; slot++) {
        slots[slot] = new CodebookCounts(layout.radix(slot));
      }
      cells.add(slots);
    }
    return cells.get(place);
  }

  /** Adds another sum of the same layout and axis. */
  public void add(PositionCounts other) {
    for (int place = 0; place < other.cells.size(); place++) {
      if (place < cells.size()) {
        for (int slot = 0; slot < cells.get(place).length; slot++) {
          cells.get(place)[slot].add(other.cells.get(place)[slot]);
        }
      } else {
        cells.add(other.cells.get(place));
      }
    }
  }

  /** The axis. */
  public String axis() {
    return axis;
  }

  /** How many places there are. */
  public int places() {
    return cells.size();
  }

  /** The counts of a slot at a place, not copied. */
  public CodebookCounts counts(int place, int slot) {
    return cells.get(place)[slot];
  }

  /** The number of slots; 0 before the first row. */
  public int slots() {
    return cells.isEmpty() ? 0 : cells.get(0).length;
  }

  void write(DataOutput out) throws IOException {
    out.writeUTF(axis);
    out.writeInt(cells.size());
    out.writeInt(slots());
    for (CodebookCounts[] place : cells) {
      for (CodebookCounts slot : place) {
        slot.write(out);
      }
    }
  }

  /** For adding up and looking at; rows cannot be added to what was read. */
  static PositionCounts read(DataInput in) throws IOException {
    PositionCounts made = new PositionCounts(in.readUTF());
    int places = in.readInt();
    int slots = in.readInt();
    for (int place = 0; place < places; place++) {
      CodebookCounts[] cell = new CodebookCounts[slots];
      for (int slot = 0; slot < slots; slot++) {
        cell[slot] = CodebookCounts.read(in);
      }
      made.cells.add(cell);
    }
    return made;
  }
}
