package org.tessera.udf.points;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.Suggestions;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.points.read.Part;
import org.tessera.udf.points.read.PointCloud;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * The step {@code attributes}. {@code names} says which of {@code intensity}, {@code color} and
 * {@code normals} follow the coordinates, always in this order. {@code missing}: a file without one
 * is rejected ({@code reject}, the default), or gets zeros ({@code zero}). {@code color}: as stored
 * ({@code raw}, the default) or divided by the value of full strength ({@code unit}: 255, 65535, or
 * 1 for floats). {@code columns} names the columns of files that do not: {@code [x, y, z, nx, ny,
 * nz]}, with {@code -} for one that is not used.
 */
record AttributeChoice(Set<Part> parts, List<String> columns, boolean zeros, boolean unitColor) {
  static final AttributeChoice NONE = new AttributeChoice(Set.of(), List.of(), false, false);

  private static final List<String> NAMES = List.of("intensity", "color", "normals");
  private static final List<String> COLUMNS =
      List.of("x", "y", "z", "intensity", "red", "green", "blue", "nx", "ny", "nz", "-");

  static AttributeChoice of(Step step) {
    StepParameters parameters = new StepParameters(step);
    Set<Part> parts = EnumSet.noneOf(Part.class);
    for (String name : parameters.texts("names")) {
      check("names", name, NAMES);
      parts.add(Part.valueOf(name.toUpperCase(Locale.ROOT)));
    }
    List<String> columns = parameters.texts("columns");
    for (String column : columns) {
      check("columns", column, COLUMNS);
    }
    if (!columns.isEmpty() && !columns.containsAll(List.of("x", "y", "z"))) {
      throw new IllegalArgumentException(
          "Cannot use attributes.columns: " + columns + " (name x, y and z)");
    }
    boolean zeros =
        parameters.choice("missing", "reject", List.of("reject", "zero")).equals("zero");
    boolean unit = parameters.choice("color", "raw", List.of("raw", "unit")).equals("unit");
    parameters.finish();
    return new AttributeChoice(parts, columns, zeros, unit);
  }

  private static void check(String parameter, String name, List<String> valid) {
    if (!valid.contains(name)) {
      throw new IllegalArgumentException(
          "Cannot use attributes."
              + parameter
              + ": "
              + name
              + " ("
              + Suggestions.of(name, valid)
              + ")");
    }
  }

  @Override
  public Set<Part> parts() {
    return parts.isEmpty() ? EnumSet.noneOf(Part.class) : EnumSet.copyOf(parts);
  }

  /**
   * The cloud with all attributes.
   *
   * @throws SampleException when the file lacks one
   */
  PointCloud complete(PointCloud cloud, String name) throws SampleException {
    Set<Part> missing = parts();
    missing.removeAll(cloud.parts());
    if (missing.isEmpty()) {
      return cloud;
    }
    if (!zeros) {
      throw SampleException.of(
          Phase.DECODE,
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot give the model the "
              + missing.iterator().next().name().toLowerCase(Locale.ROOT)
              + " of "
              + name
              + ": the file has none (set attributes.missing: zero, or name its columns)");
    }
    return cloud.withZeros(parts);
  }

  /** Brings the colours to the wanted range. */
  void scale(WorkingCloud cloud) {
    int channel = cloud.colorChannel();
    if (!unitColor || channel < 0) {
      return;
    }
    float[] values = cloud.attributes().clone();
    for (int i = 0; i < cloud.size(); i++) {
      for (int c = channel; c < channel + 3; c++) {
        int at = i * cloud.channels() + c;
        values[at] = (float) (values[at] / cloud.colorMax());
      }
    }
    cloud.attributes(values);
    cloud.colorMax(1);
  }
}
