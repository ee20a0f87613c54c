package org.tessera.udf.points.read;

import java.util.List;
import org.tessera.udf.sample.SampleException;

/** The points of one scan: its columns put together, in the scan's pose. Not thread-safe. */
final class E57Points {
  private static final List<String> CARTESIAN = List.of("cartesianX", "cartesianY", "cartesianZ");
  private static final List<String> SPHERICAL =
      List.of("sphericalRange", "sphericalAzimuth", "sphericalElevation");

  private final E57Scan scan;
  private final E57Column[] coordinates = new E57Column[3];
  private final boolean spherical;
  private final E57Column invalid;
  private final E57Column[] attributes;
  private final CloudBuilder cloud;

  private E57Points(E57Scan scan, List<E57Column> columns, boolean spherical, CloudBuilder cloud) {
    this.scan = scan;
    this.spherical = spherical;
    this.cloud = cloud;
    List<String> names = spherical ? SPHERICAL : CARTESIAN;
    for (int i = 0; i < 3; i++) {
      coordinates[i] = columns.get(scan.field(names.get(i)));
    }
    int state = scan.field(spherical ? "sphericalInvalidState" : "cartesianInvalidState");
    this.invalid = state < 0 ? null : columns.get(state);
    this.attributes = new E57Column[cloud.channels()];
    if (cloud.wants(Part.INTENSITY)) {
      attributes[cloud.channel(Part.INTENSITY)] = columns.get(scan.field("intensity"));
    }
    if (cloud.wants(Part.COLOR)) {
      int color = cloud.channel(Part.COLOR);
      attributes[color] = columns.get(scan.field("colorRed"));
      attributes[color + 1] = columns.get(scan.field("colorGreen"));
      attributes[color + 2] = columns.get(scan.field("colorBlue"));
    }
  }

  /** The points, or null when the scan has no coordinates. */
  static E57Points of(E57Scan scan, List<E57Column> columns, CloudBuilder cloud) {
    if (CARTESIAN.stream().allMatch(name -> scan.field(name) >= 0)) {
      return new E57Points(scan, columns, false, cloud);
    }
    if (SPHERICAL.stream().allMatch(name -> scan.field(name) >= 0)) {
      return new E57Points(scan, columns, true, cloud);
    }
    return null;
  }

  /** Whether the file holds no bytes for the coordinates, so that it can claim any number. */
  boolean takesNoBytes() {
    return scan.count() > 1
        && coordinates[0].isConstant()
        && coordinates[1].isConstant()
        && coordinates[2].isConstant();
  }

  /** Adds the valid points; all columns must be complete. */
  void add(long offset) throws SampleException {
    double[] rotation = rotation();
    for (int i = 0; i < scan.count(); i++) {
      if (invalid != null && invalid.value(i) != 0) {
        continue;
      }
      double x = coordinates[0].value(i);
      double y = coordinates[1].value(i);
      double z = coordinates[2].value(i);
      if (spherical) {
        double flat = x * Math.cos(z);
        double height = x * Math.sin(z);
        x = flat * Math.cos(y);
        y = flat * Math.sin(y);
        z = height;
      }
      if (rotation == null) {
        cloud.add(x, y, z, offset);
      } else {
        double[] r = rotation;
        double[] pose = scan.pose();
        cloud.add(
            r[0] * x + r[1] * y + r[2] * z + pose[4],
            r[3] * x + r[4] * y + r[5] * z + pose[5],
            r[6] * x + r[7] * y + r[8] * z + pose[6],
            offset);
      }
      for (int a = 0; a < attributes.length; a++) {
        cloud.attribute(a, attributes[a].value(i), offset);
      }
    }
  }

  /** The matrix of the pose's quaternion, which is brought to length 1 first; null for no pose. */
  private double[] rotation() {
    double[] pose = scan.pose();
    if (pose == null) {
      return null;
    }
    double length =
        Math.sqrt(pose[0] * pose[0] + pose[1] * pose[1] + pose[2] * pose[2] + pose[3] * pose[3]);
    double w = length > 0 ? pose[0] / length : 1;
    double x = length > 0 ? pose[1] / length : 0;
    double y = length > 0 ? pose[2] / length : 0;
    double z = length > 0 ? pose[3] / length : 0;
    return new double[] {
      1 - 2 * (y * y + z * z),
      2 * (x * y - w * z),
      2 * (x * z + w * y),
      2 * (x * y + w * z),
      1 - 2 * (x * x + z * z),
      2 * (y * z - w * x),
      2 * (x * z - w * y),
      2 * (y * z + w * x),
      1 - 2 * (x * x + y * y)
    };
  }
}
