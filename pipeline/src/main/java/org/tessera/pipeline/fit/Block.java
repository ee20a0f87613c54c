package org.tessera.pipeline.fit;

import java.io.Serializable;

/**
 * Vectors that are multiplied together. Which vectors share a block, and in which order, depends on
 * the inputs and the specification alone, never on how the work is spread; so everything computed
 * from a block is the same everywhere. Immutable by convention: nobody changes {@code values}.
 */
public final class Block implements Serializable {
  private static final long serialVersionUID = 1L;

  private final long id;
  private final int count;
  private final int dimensions;
  private final float[] values;

  /** What a search left here; it stays in this process. */
  private transient Notes.Note note;

  /**
   * A block.
   *
   * @param id a number that no other block of the same vectors has
   * @param count the number of vectors, at least 1
   * @param dimensions the length of a vector
   * @param values {@code count × dimensions}, row-major; not copied
   */
  public Block(long id, int count, int dimensions, float[] values) {
    if (values.length != count * dimensions) {
      throw new IllegalArgumentException(
          "Cannot make a block of "
              + count
              + " x "
              + dimensions
              + " from "
              + values.length
              + " values");
    }
    this.id = id;
    this.count = count;
    this.dimensions = dimensions;
    this.values = values;
  }

  /** The id of a group's block: both numbers from 0, the block's below 2^32. */
  static long id(int group, int block) {
    return (long) group << 32 | block;
  }

  /** The number of the group that the block was read with. */
  public int group() {
    return (int) (id >>> 32);
  }

  /** The number of the block in its group. */
  public int numberInGroup() {
    return (int) id;
  }

  /** A block of the same vectors in another space. */
  Block with(int newDimensions, float[] newValues) {
    return new Block(id, count, newDimensions, newValues);
  }

  /** The first vectors of this block. */
  public Block first(int number) {
    return number >= count
        ? this
        : new Block(id, number, dimensions, java.util.Arrays.copyOf(values, number * dimensions));
  }

  public long id() {
    return id;
  }

  /** The number of vectors. */
  public int count() {
    return count;
  }

  public int dimensions() {
    return dimensions;
  }

  /** The vectors, row-major; not to be changed. */
  float[] values() {
    return values;
  }

  /** Leaves a note, or none, in place of the one that is returned; of use to {@link Notes}. */
  synchronized Notes.Note swap(Notes.Note newNote) {
    Notes.Note old = note;
    note = newNote;
    return old;
  }
}
