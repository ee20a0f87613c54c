package org.tessera.pipeline.stats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Everything that is counted of one group of token rows. A sum: {@link #add(TokenCounts)} is
 * associative and commutative. Its size depends on the codebooks alone. Not thread-safe.
 */
public final class TokenCounts {
  private static final int VERSION = 1;

  private final CodebookCounts[] slots;
  private long rows;

  /** Nothing counted yet, for the slots of a layout. */
  public TokenCounts(SlotLayout layout) {
    slots = new CodebookCounts[layout.slots()];
    for (int slot = 0; slot < slots.length; slot++) {
      slots[slot] = new CodebookCounts(layout.radix(slot));
    }
  }

  private TokenCounts(CodebookCounts[] slots, long rows) {
    this.slots = slots;
    this.rows = rows;
  }

  /** Counts one row. */
  public void add(SlotLayout layout, int[] ids, int[] shape) {
    layout.count(ids, shape, slots);
    rows++;
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

  /** Roughly what this holds in memory. */
  public long bytes() {
    long bytes = 64;
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
    int codes = 0;
    for (CodebookCounts slot : slots) {
      codes = Math.addExact(codes, slot.codes());
    }
    CodebookCounts all = new CodebookCounts(codes);
    int offset = 0;
    for (CodebookCounts slot : slots) {
      for (int code = 0; code < slot.codes(); code++) {
        all.add(offset + code, slot.count(code));
      }
      offset += slot.codes();
    }
    return all;
  }

  /** The form that crosses between machines. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeLong(rows);
      out.writeInt(slots.length);
      for (CodebookCounts slot : slots) {
        slot.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write counts to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads {@link #toBytes}'s form.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static TokenCounts fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IOException("version " + version + " is not " + VERSION);
      }
      long rows = in.readLong();
      CodebookCounts[] slots = new CodebookCounts[in.readInt()];
      for (int slot = 0; slot < slots.length; slot++) {
        slots[slot] = CodebookCounts.read(in);
      }
      return new TokenCounts(slots, rows);
    } catch (IOException e) {
      throw new IllegalArgumentException("Cannot read counts: " + e.getMessage(), e);
    }
  }
}
