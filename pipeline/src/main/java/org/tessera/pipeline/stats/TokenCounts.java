package org.tessera.pipeline.stats;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that is counted of one group of token rows. A sum: {@link #add(TokenCounts)} is
 * associative and commutative, to the last bit. Its size depends on the codebooks and on how many
 * different lengths there are. Not thread-safe.
 */
public final class TokenCounts {
  private final CodebookCounts[] slots;
  private LengthCounts lengths = new LengthCounts();
  private final List<ErrorCounts> errors = new ArrayList<>();
  private Extent extent = Extent.NONE;
  private long rows;

  /**
   * How much signal rows cover.
   *
   * @param micros microseconds; 0 for signals without time
   * @param units pixels of images, points of clouds, as the model was given them; else 0
   */
  public record Extent(long micros, long units) {
    static final Extent NONE = new Extent(0, 0);

    Extent plus(Extent other) {
      return new Extent(micros + other.micros, units + other.units);
    }
  }

  /** Nothing counted yet, for the slots of a layout. */
  public TokenCounts(SlotLayout layout) {
    slots = new CodebookCounts[layout.slots()];
    for (int slot = 0; slot < slots.length; slot++) {
      slots[slot] = new CodebookCounts(layout.radix(slot));
    }
  }

  private TokenCounts(CodebookCounts[] slots) {
    this.slots = slots;
  }

  /**
   * Counts one row.
   *
   * @param rowErrors the quantization errors, or null
   */
  public void add(SlotLayout layout, TokenRow row, float[] rowErrors) {
    layout.runs(
        row.from(),
        row.to(),
        row.shape(),
        (slot, from, to, step) -> slots[slot].add(row.ids(), from, to, step));
    rows++;
    lengths.add(row.to() - row.from());
    extent = extent.plus(row.extent());
    if (rowErrors != null) {
      for (int level = 0; level < rowErrors.length; level++) {
        errors(level).add(rowErrors[level]);
      }
    }
  }

  private ErrorCounts errors(int level) {
    while (errors.size() <= level) {
      errors.add(new ErrorCounts());
    }
    return errors.get(level);
  }

  /** Adds another sum of the same layout. */
  public void add(TokenCounts other) {
    if (other.slots.length != slots.length) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot add counts of %d slots to counts of %d (they are of different layouts)",
              other.slots.length, slots.length));
    }
    for (int slot = 0; slot < slots.length; slot++) {
      slots[slot].add(other.slots[slot]);
    }
    rows += other.rows;
    lengths.add(other.lengths);
    extent = extent.plus(other.extent);
    for (int level = 0; level < other.errors.size(); level++) {
      errors(level).add(other.errors.get(level));
    }
  }

  /** Token rows. */
  public long rows() {
    return rows;
  }

  /** The number of slots. */
  public int slots() {
    return slots.length;
  }

  /** The counts of one slot, not copied. */
  public CodebookCounts slot(int slot) {
    return slots[slot];
  }

  /** Rows by their number of tokens. */
  public LengthCounts lengths() {
    return lengths;
  }

  /** The quantization errors by level; empty when the model returns only ids. */
  public List<ErrorCounts> errors() {
    return List.copyOf(errors);
  }

  /** Roughly what this holds in memory. */
  public long bytes() {
    long bytes = 256;
    for (CodebookCounts slot : slots) {
      bytes += 32 + 8L * slot.codes();
    }
    return bytes;
  }

  /**
   * The counts of all slots as one codebook: its codes are those of slot 0, then those of slot 1,
   * and so on. The same id of two levels is two codes, as in a merged vocabulary.
   */
  public CodebookCounts together() {
    return CodebookCounts.concatenate(slots);
  }

  /** The metrics of all rows together: how many, how long, how many bits for how much signal. */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("rows", (double) rows);
    metrics.putAll(lengths.metrics());
    double bits = 0;
    for (CodebookCounts slot : slots) {
      bits += slot.total() * Math.log(slot.codes()) / Math.log(2);
    }
    metrics.put("bits", bits);
    if (rows > 0) {
      metrics.put("bits_per_row", bits / rows);
    }
    if (extent.micros() > 0) {
      metrics.put("seconds", extent.micros() / 1e6);
      metrics.put("bits_per_second", bits / (extent.micros() / 1e6));
    }
    if (extent.units() > 0) {
      metrics.put("units", (double) extent.units());
      metrics.put("bits_per_unit", bits / extent.units());
    }
    return metrics;
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(rows);
    out.writeLong(extent.micros());
    out.writeLong(extent.units());
    lengths.write(out);
    out.writeInt(errors.size());
    for (ErrorCounts level : errors) {
      level.write(out);
    }
    out.writeInt(slots.length);
    for (CodebookCounts slot : slots) {
      slot.write(out);
    }
  }

  static TokenCounts read(DataInput in) throws IOException {
    long rows = in.readLong();
    Extent extent = new Extent(in.readLong(), in.readLong());
    LengthCounts lengths = LengthCounts.read(in);
    List<ErrorCounts> errors = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      errors.add(ErrorCounts.read(in));
    }
    CodebookCounts[] slots = new CodebookCounts[in.readInt()];
    for (int slot = 0; slot < slots.length; slot++) {
      slots[slot] = CodebookCounts.read(in);
    }
    TokenCounts made = new TokenCounts(slots);
    made.rows = rows;
    made.extent = extent;
    made.lengths = lengths;
    made.errors.addAll(errors);
    return made;
  }
}
