package org.tessera.udf.points.read;

/** What can be read of a file beside its coordinates. */
public enum Part {
  /** Return strength, one value, as stored. */
  INTENSITY(1),
  /** Red, green and blue, as stored; {@link PointCloud#colorMax} is the value of full strength. */
  COLOR(3),
  /** The normal's x, y and z, as stored. */
  NORMALS(3),
  /** The triangles of a mesh; polygons are split as fans from their first corner. */
  FACES(0);

  private final int channels;

  Part(int channels) {
    this.channels = channels;
  }

  /** Values per point; 0 for faces. */
  public int channels() {
    return channels;
  }
}
