package org.tessera.pipeline.stats;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What is kept of all rows together beside their counts: the growth of the used codes, a sample of
 * rows, counts along one axis when asked for, and what the ids take on disk. A sum. Not
 * thread-safe.
 */
public final class CorpusCounts {
  /** How many ids the sample of rows holds at most. */
  public static final long SAMPLE_IDS = 1 << 20;

  private final Growth[] growth;
  private final RowSample sample;
  private final PositionCounts positions;
  private long idBytes;

  /** Nothing seen yet; {@code axis} is the axis to count along, or empty. */
  public CorpusCounts(SlotLayout layout, String axis) {
    growth = new Growth[layout.slots()];
    for (int slot = 0; slot < growth.length; slot++) {
      growth[slot] = new Growth(layout.radix(slot));
    }
    sample = new RowSample(SAMPLE_IDS);
    positions = axis.isEmpty() ? null : new PositionCounts(layout, axis);
  }

  private CorpusCounts(Growth[] growth, RowSample sample, PositionCounts positions) {
    this.growth = growth;
    this.sample = sample;
    this.positions = positions;
  }

  /** Looks at one row, whose ids are within their codebooks. */
  public void add(SlotLayout layout, TokenRow row) {
    if (Growth.matters(row.place())) {
      layout.runs(
          row.from(),
          row.to(),
          row.shape(),
          (slot, from, to, step) -> growth[slot].add(row.ids(), from, to, step, row.place()));
    }
    sample.add(row.ids(), row.from(), row.to(), row.shape(), row.place());
    if (positions != null) {
      positions.add(row);
    }
  }

  /** Adds the bytes of some rows' ids on disk. */
  public void addIdBytes(long bytes) {
    idBytes += bytes;
  }

  /** Adds another sum of the same layout and axis. */
  public void add(CorpusCounts other) {
    idBytes += other.idBytes;
    for (int slot = 0; slot < growth.length; slot++) {
      growth[slot].add(other.growth[slot]);
    }
    sample.add(other.sample);
    if (positions != null) {
      positions.add(other.positions);
    }
  }

  /** The growth of a slot's used codes. */
  public Growth growth(int slot) {
    return growth[slot];
  }

  /** The sample of rows. */
  public RowSample sample() {
    return sample;
  }

  /** What the ids take on disk, with levels, dictionaries and page headers. */
  public long idBytes() {
    return idBytes;
  }

  /** The counts along the axis, or null when none was asked for. */
  public PositionCounts positions() {
    return positions;
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(idBytes);
    out.writeInt(growth.length);
    for (Growth slot : growth) {
      slot.write(out);
    }
    sample.write(out);
    out.writeBoolean(positions != null);
    if (positions != null) {
      positions.write(out);
    }
  }

  static CorpusCounts read(DataInput in) throws IOException {
    long idBytes = in.readLong();
    Growth[] growth = new Growth[in.readInt()];
    for (int slot = 0; slot < growth.length; slot++) {
      growth[slot] = Growth.read(in);
    }
    RowSample sample = RowSample.read(in);
    PositionCounts positions = in.readBoolean() ? PositionCounts.read(in) : null;
    CorpusCounts made = new CorpusCounts(growth, sample, positions);
    made.idBytes = idBytes;
    return made;
  }
}
