package org.tessera.udf.points.geometry;

import java.util.Arrays;

/**
 * Which cube of a regular grid each point lies in. The grid is Open3D's: its corner is the least
 * coordinate of each axis minus half an edge, and a point's cell is {@code floor((p - corner) /
 * edge)}. Cells are numbered in the order in which points first fall into them.
 */
public final class VoxelGrid {
  private final int[] cellOf;
  private int[] cells = new int[3 * 1024];
  private int count;
  private int[] table = new int[4096];

  private VoxelGrid(int size) {
    this.cellOf = new int[size];
  }

  /**
   * Sorts points into cells.
   *
   * @param xyz x, y, z of each point, finite
   * @param edge the length of a cell's edge, in the points' unit
   * @throws ArithmeticException when there are more than 2^31 cells along an axis
   */
  public static VoxelGrid of(double[] xyz, int size, double edge) {
    double[] corner = new double[3];
    Arrays.fill(corner, Double.POSITIVE_INFINITY);
    for (int i = 0; i < 3 * size; i++) {
      corner[i % 3] = Math.min(corner[i % 3], xyz[i]);
    }
    for (int axis = 0; axis < 3; axis++) {
      corner[axis] -= edge * 0.5;
    }
    VoxelGrid grid = new VoxelGrid(size);
    for (int i = 0; i < size; i++) {
      grid.cellOf[i] =
          grid.cell(
              place(xyz[3 * i] - corner[0], edge),
              place(xyz[3 * i + 1] - corner[1], edge),
              place(xyz[3 * i + 2] - corner[2], edge));
    }
    return grid;
  }

  private static int place(double distance, double edge) {
    double cell = Math.floor(distance / edge);
    if (cell > Integer.MAX_VALUE) {
      throw new ArithmeticException("Cannot count " + cell + " cells along an axis");
    }
    return (int) cell;
  }

  /** The number of cells that hold a point. */
  public int count() {
    return count;
  }

  /** The cell of a point. */
  public int cell(int point) {
    return cellOf[point];
  }

  private int cell(int x, int y, int z) {
    int slot = slot(x, y, z);
    if (table[slot] != 0) {
      return table[slot] - 1;
    }
    if (3 * count == cells.length) {
      cells = Arrays.copyOf(cells, 2 * cells.length);
    }
    cells[3 * count] = x;
    cells[3 * count + 1] = y;
    cells[3 * count + 2] = z;
    table[slot] = ++count;
    if (2 * count > table.length) {
      rehash();
    }
    return count - 1;
  }

  /** Where a cell stands in the table, or the free place where it belongs. */
  private int slot(int x, int y, int z) {
    long hash = (x * 73_856_093L) ^ (y * 19_349_663L) ^ (z * 83_492_791L);
    hash *= 0x9E3779B97F4A7C15L;
    int mask = table.length - 1;
    int slot = (int) (hash >>> 32) & mask;
    while (table[slot] != 0) {
      int at = 3 * (table[slot] - 1);
      if (cells[at] == x && cells[at + 1] == y && cells[at + 2] == z) {
        break;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void rehash() {
    table = new int[2 * table.length];
    for (int cell = 0; cell < count; cell++) {
      table[slot(cells[3 * cell], cells[3 * cell + 1], cells[3 * cell + 2])] = cell + 1;
    }
  }
}
