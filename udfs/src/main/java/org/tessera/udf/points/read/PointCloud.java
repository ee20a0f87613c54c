package org.tessera.udf.points.read;

import java.util.EnumSet;
import java.util.Set;

/**
 * The points of one file, in file order. The arrays are not copied and must not change while they
 * are shared.
 */
public final class PointCloud {
  private final int size;
  private final double[] xyz;
  private final Set<Part> parts;
  private final float[] attributes;
  private final double colorMax;
  private final int[] triangles;
  private final long notFiniteOffset;

  PointCloud(
      int size,
      double[] xyz,
      Set<Part> parts,
      float[] attributes,
      double colorMax,
      int[] triangles,
      long notFiniteOffset) {
    this.size = size;
    this.xyz = xyz;
    this.parts = parts.isEmpty() ? EnumSet.noneOf(Part.class) : EnumSet.copyOf(parts);
    this.attributes = attributes;
    this.colorMax = colorMax;
    this.triangles = triangles;
    this.notFiniteOffset = notFiniteOffset;
  }

  /** The number of points. */
  public int size() {
    return size;
  }

  /** Coordinates: x, y, z of the first point, then of the second...; at least 3 × size long. */
  public double[] xyz() {
    return xyz;
  }

  /** The parts that were wanted and are there. */
  public Set<Part> parts() {
    return EnumSet.copyOf(parts);
  }

  /** Values per point in {@link #attributes}. */
  public int channels() {
    return channels(parts);
  }

  static int channels(Set<Part> parts) {
    int channels = 0;
    for (Part part : parts) {
      channels += part.channels();
    }
    return channels;
  }

  /**
   * The attributes, point by point, the parts in the order of {@link Part}; values as stored in the
   * file.
   */
  public float[] attributes() {
    return attributes;
  }

  /** Where a part begins among a point's attributes. */
  public int channel(Part part) {
    int channel = 0;
    for (Part other : parts) {
      if (other == part) {
        break;
      }
      channel += other.channels();
    }
    return channel;
  }

  /** The value of full strength in the colours: 255, 65535, or 1 for floats. */
  public double colorMax() {
    return colorMax;
  }

  /** Three point indices per triangle; empty when faces were not wanted or are not there. */
  public int[] triangles() {
    return triangles;
  }

  /**
   * The byte offset of the first point with a coordinate, or attribute that was read, that is NaN
   * or infinite; -1 when all are finite.
   */
  public long notFiniteOffset() {
    return notFiniteOffset;
  }

  /** This cloud with all of these parts, zero where it has none. */
  public PointCloud withZeros(Set<Part> wanted) {
    Set<Part> all = parts();
    all.addAll(wanted);
    int to = channels(all);
    int from = channels();
    float[] values = new float[Math.multiplyExact(to, size)];
    PointCloud wide = new PointCloud(size, xyz, all, values, colorMax, triangles, notFiniteOffset);
    for (Part part : parts) {
      for (int i = 0; i < size; i++) {
        System.arraycopy(
            attributes,
            i * from + channel(part),
            values,
            i * to + wide.channel(part),
            part.channels());
      }
    }
    return wide;
  }
}
