package org.tessera.udf.points;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.points.read.Part;
import org.tessera.udf.points.read.PointFormat;

/**
 * What the front-end records to decode back. {@code file = axes⁻¹(point × scale + offset)}.
 *
 * @param scale the factor
 * @param offset x, y, z
 * @param axes the file's axes that the model's three are
 * @param channels the names of a point's values, x, y, z first
 * @param colorMax the value of full strength in the colours
 * @param centers x, y, z of each patch's centre; empty when the model reads points
 * @param radii what each patch was divided by; empty when none was
 * @param channelsFirst whether the features are (channels, points)
 */
record PointGeometry(
    double scale,
    double[] offset,
    List<String> axes,
    List<String> channels,
    double colorMax,
    float[] centers,
    float[] radii,
    boolean channelsFirst) {
  static final String CENTERS = "centers";
  static final String RADII = "radii";
  private static final String SCALE = "scale";
  private static final String OFFSET = "offset";
  private static final String AXES = "axes";
  private static final String CHANNELS = "channels";
  private static final String COLOR_MAX = "color_max";
  private static final String LAYOUT = "layout";
  private static final String CHANNELS_FIRST = "channels_first";

  /** The record of a cloud that has gone through its steps. */
  static SortedMap<String, Object> describe(
      WorkingCloud cloud, PointFormat format, int sourcePoints, boolean channelsFirst) {
    SortedMap<String, Object> geometry = new TreeMap<>();
    geometry.put("format", format.id());
    geometry.put("source_points", sourcePoints);
    geometry.put("points", cloud.size());
    geometry.put(SCALE, cloud.scale());
    geometry.put(OFFSET, Arrays.stream(cloud.offset()).boxed().toList());
    geometry.put(AXES, cloud.axes());
    List<String> channels = new ArrayList<>(List.of("x", "y", "z"));
    if (cloud.has(Part.INTENSITY)) {
      channels.add("intensity");
    }
    if (cloud.has(Part.COLOR)) {
      channels.addAll(List.of("red", "green", "blue"));
      geometry.put(COLOR_MAX, cloud.colorMax());
    }
    if (cloud.has(Part.NORMALS)) {
      channels.addAll(List.of("nx", "ny", "nz"));
    }
    geometry.put(CHANNELS, List.copyOf(channels));
    geometry.put(LAYOUT, channelsFirst ? CHANNELS_FIRST : "points_first");
    return geometry;
  }

  /**
   * Reads a record, also one that has been written to JSON and back.
   *
   * @throws IllegalArgumentException when it is not of this front-end
   */
  static PointGeometry of(SortedMap<String, Object> geometry) {
    double[] offset =
        list(geometry, OFFSET).stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
    return new PointGeometry(
        number(geometry, SCALE, 1),
        offset,
        list(geometry, AXES).stream().map(String::valueOf).toList(),
        list(geometry, CHANNELS).stream().map(String::valueOf).toList(),
        number(geometry, COLOR_MAX, 255),
        floats(geometry, CENTERS),
        floats(geometry, RADII),
        CHANNELS_FIRST.equals(geometry.get(LAYOUT)));
  }

  private static float[] floats(SortedMap<String, Object> geometry, String name) {
    List<?> listed = geometry.containsKey(name) ? list(geometry, name) : List.of();
    float[] values = new float[listed.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((Number) listed.get(i)).floatValue();
    }
    return values;
  }

  private static List<?> list(SortedMap<String, Object> geometry, String name) {
    if (geometry.get(name) instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException(
        "Cannot decode points with the geometry "
            + geometry.keySet()
            + ": "
            + name
            + " is missing");
  }

  private static double number(SortedMap<String, Object> geometry, String name, double missing) {
    return geometry.get(name) instanceof Number number ? number.doubleValue() : missing;
  }

  /** A place of the model in the coordinates of the file. */
  double[] inFile(double[] place) {
    double[] file = new double[3];
    for (int axis = 0; axis < 3; axis++) {
      String name = axes.get(axis);
      double value = place[axis] * scale + offset[axis];
      boolean turned = name.startsWith("-");
      file["xyz".indexOf(turned ? name.substring(1) : name)] = turned ? -value : value;
    }
    return file;
  }
}
