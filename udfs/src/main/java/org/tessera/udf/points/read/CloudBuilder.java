package org.tessera.udf.points.read;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.tessera.udf.sample.SampleException;

/**
 * Collects points. It grows with what is really read, never by what a header claims. Not
 * thread-safe.
 */
final class CloudBuilder {
  private static final int FIRST = 1024;

  /** The most points that arrays can hold. */
  private static final long MOST = 200_000_000;

  private final ReadRequest request;
  private final String format;
  private final Set<Part> parts;
  private final int channels;
  private final long limit;
  private double[] xyz;
  private float[] attributes;
  private int size;
  private double colorMax = 255;
  private long notFinite = -1;
  private int[] triangles = new int[0];
  private int corners;
  private int highestIndex = -1;
  private long highestOffset;

  /**
   * @param present the parts that the file has
   */
  CloudBuilder(ReadRequest request, String format, Set<Part> present) {
    this.request = request;
    this.format = format;
    this.parts = EnumSet.noneOf(Part.class);
    for (Part part : present) {
      if (request.wants(part)) {
        parts.add(part);
      }
    }
    this.channels = PointCloud.channels(parts);
    this.limit = Math.min(request.limits().points(), MOST);
    this.xyz = new double[0];
    this.attributes = new float[0];
  }

  /**
   * Makes room for points that the file has been checked to hold.
   *
   * @param count how many come next
   * @param offset where the count stands in the file
   */
  void expect(long count, long offset) throws SampleException {
    long total = size + count;
    if (Long.compareUnsigned(total, limit) > 0) {
      throw Bad.tooMany(format, total, limit, offset);
    }
    grow((int) total);
  }

  boolean wants(Part part) {
    return parts.contains(part);
  }

  void colorMax(double value) {
    colorMax = value;
  }

  int size() {
    return size;
  }

  /** Attribute values per point. */
  int channels() {
    return channels;
  }

  /** Where a part begins among a point's attributes, or -1 when it is not read. */
  int channel(Part wanted) {
    int channel = 0;
    for (Part part : parts) {
      if (part == wanted) {
        return channel;
      }
      channel += part.channels();
    }
    return -1;
  }

  /** Adds a point whose attributes follow by {@link #attribute}. */
  void add(double x, double y, double z, long offset) throws SampleException {
    if (3 * size == xyz.length) {
      more(offset);
    }
    int at = 3 * size++;
    xyz[at] = x;
    xyz[at + 1] = y;
    xyz[at + 2] = z;
    if (notFinite < 0 && !(Double.isFinite(x) && Double.isFinite(y) && Double.isFinite(z))) {
      notFinite = offset;
    }
  }

  /** Sets one attribute value of the point added last. */
  void attribute(int channel, double value, long offset) {
    attributes[(size - 1) * channels + channel] = (float) value;
    if (notFinite < 0 && !Double.isFinite(value)) {
      notFinite = offset;
    }
  }

  private void more(long offset) throws SampleException {
    if (size >= limit) {
      throw Bad.tooMany(format, size + 1L, limit, offset);
    }
    grow((int) Math.min(limit, Math.max(FIRST, size + (size >> 1))));
  }

  private void grow(int capacity) {
    if (3L * capacity > xyz.length) {
      xyz = Arrays.copyOf(xyz, 3 * capacity);
      attributes = Arrays.copyOf(attributes, Math.multiplyExact(channels, capacity));
    }
  }

  /** Adds a polygon as a fan of triangles; too high corner indices are found at the end. */
  void polygon(int[] indices, int count, long offset) throws SampleException {
    for (int i = 0; i < count; i++) {
      if (indices[i] < 0) {
        throw Bad.malformed(format, "a face has the point " + indices[i], offset);
      }
      if (indices[i] > highestIndex) {
        highestIndex = indices[i];
        highestOffset = offset;
      }
    }
    for (int i = 2; i < count; i++) {
      if (corners / 3 >= request.limits().points()) {
        throw Bad.tooMany(format, corners / 3 + 1L, request.limits().points(), offset);
      }
      if (corners + 3 > triangles.length) {
        triangles = Arrays.copyOf(triangles, Math.max(3 * FIRST, corners / 3 * 2 * 3));
      }
      triangles[corners++] = indices[0];
      triangles[corners++] = indices[i - 1];
      triangles[corners++] = indices[i];
    }
  }

  /** The cloud; fails when a face has a point that is not there. */
  PointCloud build() throws SampleException {
    if (highestIndex >= size) {
      throw Bad.malformed(
          format, "a face has the point " + highestIndex + " of " + size, highestOffset);
    }
    return new PointCloud(
        size,
        3 * size == xyz.length ? xyz : Arrays.copyOf(xyz, 3 * size),
        parts,
        channels * size == attributes.length
            ? attributes
            : Arrays.copyOf(attributes, channels * size),
        colorMax,
        corners == triangles.length ? triangles : Arrays.copyOf(triangles, corners),
        notFinite);
  }
}
