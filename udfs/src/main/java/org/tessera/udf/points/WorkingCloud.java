package org.tessera.udf.points;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.tessera.udf.points.geometry.FloatPoints;
import org.tessera.udf.points.read.Deadline;
import org.tessera.udf.points.read.Part;
import org.tessera.udf.points.read.PointCloud;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * A cloud on its way through the steps, and the way back to the file's coordinates: {@code file =
 * axes⁻¹(cloud × scale + offset)}. It takes over the arrays of the cloud that was read: steps
 * change them. Not thread-safe.
 */
final class WorkingCloud {
  private final String name;
  private final ContentSeed seeds;
  private final Deadline deadline;
  private final Set<Part> parts;
  private final int channels;
  private final int colorChannel;
  private int size;
  private double[] xyz;
  private float[] attributes;
  private int[] triangles;
  private double colorMax;
  private double scale = 1;
  private double[] offset = new double[3];
  private List<String> axes = List.of("x", "y", "z");

  WorkingCloud(String name, PointCloud cloud, ContentSeed seeds, Deadline deadline) {
    this.name = name;
    this.seeds = seeds;
    this.deadline = deadline;
    this.parts = cloud.parts();
    this.channels = cloud.channels();
    this.colorChannel = parts.contains(Part.COLOR) ? cloud.channel(Part.COLOR) : -1;
    this.size = cloud.size();
    this.xyz = cloud.xyz();
    this.attributes = cloud.attributes();
    this.triangles = cloud.triangles();
    this.colorMax = cloud.colorMax();
  }

  String name() {
    return name;
  }

  Deadline deadline() {
    return deadline;
  }

  /** The seed of a random step with this seed of its own. */
  long seed(long stepSeed) throws SampleException {
    return seeds.seed(stepSeed);
  }

  int size() {
    return size;
  }

  /** x, y, z of each point, at the front of an array that a step may change. */
  double[] xyz() {
    return xyz;
  }

  /** Puts the points into another array. */
  void place(double[] places) {
    xyz = places;
  }

  /** Attribute values per point. */
  int channels() {
    return channels;
  }

  float[] attributes() {
    return attributes;
  }

  void attributes(float[] values) {
    attributes = values;
  }

  int[] triangles() {
    return triangles;
  }

  /** Whether any attribute of this kind is there. */
  boolean has(Part part) {
    return parts.contains(part);
  }

  /** Where the colours stand among a point's attributes, or -1. */
  int colorChannel() {
    return colorChannel;
  }

  double colorMax() {
    return colorMax;
  }

  void colorMax(double value) {
    colorMax = value;
  }

  double scale() {
    return scale;
  }

  double[] offset() {
    return offset.clone();
  }

  /** The file's axes that the cloud's three are, e.g. {@code x, z, -y}. */
  List<String> axes() {
    return List.copyOf(axes);
  }

  /** The coordinates were shifted by minus this. */
  void shifted(double[] by) {
    for (int axis = 0; axis < 3; axis++) {
      offset[axis] += scale * by[axis];
    }
  }

  /** The coordinates were divided by this. */
  void divided(double by) {
    scale *= by;
  }

  /** The axes were exchanged: the new first is {@code source[0]} of the old with this sign... */
  void exchanged(int[] source, int[] sign) {
    double[] old = offset;
    List<String> names = axes;
    offset = new double[3];
    axes = new ArrayList<>();
    for (int axis = 0; axis < 3; axis++) {
      offset[axis] = sign[axis] * old[source[axis]];
      String from = names.get(source[axis]);
      String turned = from.startsWith("-") ? from.substring(1) : "-" + from;
      axes.add(sign[axis] > 0 ? from : turned);
    }
  }

  /** Replaces the points; the mesh is gone. */
  void replace(double[] newXyz, float[] newAttributes) {
    size = newXyz.length / 3;
    xyz = newXyz;
    attributes = newAttributes;
    triangles = new int[0];
  }

  /** Keeps these points, in this order. */
  void select(int[] indices) {
    double[] newXyz = new double[3 * indices.length];
    float[] newAttributes = new float[channels * indices.length];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(xyz, 3 * indices[i], newXyz, 3 * i, 3);
      System.arraycopy(attributes, channels * indices[i], newAttributes, channels * i, channels);
    }
    replace(newXyz, newAttributes);
  }

  /** Drops points with a value that is not finite, and the triangles that touch them. */
  void dropNotFinite() {
    int[] renumbered = new int[size];
    int[] kept = new int[size];
    int count = 0;
    for (int i = 0; i < size; i++) {
      renumbered[i] = isFinite(i) ? count : -1;
      if (renumbered[i] >= 0) {
        kept[count++] = i;
      }
    }
    if (count == size) {
      return;
    }
    int[] mesh = new int[triangles.length];
    int corners = 0;
    for (int t = 0; t < triangles.length; t += 3) {
      int a = renumbered[triangles[t]];
      int b = renumbered[triangles[t + 1]];
      int c = renumbered[triangles[t + 2]];
      if (a >= 0 && b >= 0 && c >= 0) {
        mesh[corners++] = a;
        mesh[corners++] = b;
        mesh[corners++] = c;
      }
    }
    select(Arrays.copyOf(kept, count));
    triangles = Arrays.copyOf(mesh, corners);
  }

  private boolean isFinite(int point) {
    boolean finite = true;
    for (int i = 3 * point; i < 3 * point + 3; i++) {
      finite &= Double.isFinite(xyz[i]);
    }
    for (int i = channels * point; i < channels * (point + 1); i++) {
      finite &= Float.isFinite(attributes[i]);
    }
    return finite;
  }

  /**
   * The coordinates as floats.
   *
   * @throws SampleException when one is too large for a float
   */
  FloatPoints floats() throws SampleException {
    FloatPoints points = FloatPoints.of(xyz, size);
    for (int i = 0; i < size; i++) {
      if (!Float.isFinite(points.x()[i])
          || !Float.isFinite(points.y()[i])
          || !Float.isFinite(points.z()[i])) {
        throw SampleException.of(
            Phase.FRONTEND,
            RejectCode.NOT_FINITE,
            "Cannot use point "
                + i
                + " of "
                + name
                + ": it lies beyond the range of 32-bit floats (center the points first)");
      }
    }
    return points;
  }

  /**
   * Fails when there are fewer points.
   *
   * @param step what needs them
   */
  void need(int count, String step) throws SampleException {
    if (size < count) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TOO_SHORT,
          "Cannot make "
              + step
              + " of "
              + name
              + ": it has "
              + size
              + " points, and "
              + count
              + " are needed (ask for fewer, or leave the file out)");
    }
  }
}
