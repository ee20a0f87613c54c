package org.tessera.udf.points;

import java.util.List;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.StepParameters;

/** The steps that move points: {@code axes}, {@code center}, {@code scale_unit_sphere}. */
final class PlacementSteps {
  private static final List<String> AXES = List.of("x", "y", "z");

  private PlacementSteps() {}

  /**
   * {@code center}: subtracts the centroid, the sums of the coordinates in file order over their
   * number, in double precision, as NumPy's {@code mean(axis=0)} of float64.
   */
  static PointStep center(Step step) {
    new StepParameters(step).finish();
    return cloud -> {
      double[] xyz = cloud.xyz();
      double x = 0;
      double y = 0;
      double z = 0;
      for (int i = 0; i < 3 * cloud.size(); i += 3) {
        x += xyz[i];
        y += xyz[i + 1];
        z += xyz[i + 2];
      }
      x /= cloud.size();
      y /= cloud.size();
      z /= cloud.size();
      for (int i = 0; i < 3 * cloud.size(); i += 3) {
        xyz[i] -= x;
        xyz[i + 1] -= y;
        xyz[i + 2] -= z;
      }
      cloud.shifted(new double[] {x, y, z});
    };
  }

  /**
   * {@code scale_unit_sphere}: divides by the greatest distance from the origin; points that all
   * lie in the origin stay there.
   */
  static PointStep scaleUnitSphere(Step step) {
    new StepParameters(step).finish();
    return cloud -> {
      double[] xyz = cloud.xyz();
      double squared = 0;
      for (int i = 0; i < 3 * cloud.size(); i += 3) {
        double x = xyz[i];
        double y = xyz[i + 1];
        double z = xyz[i + 2];
        squared = Math.max(squared, x * x + y * y + z * z);
      }
      double radius = Math.sqrt(squared); // the root never turns an order round
      if (radius > 0) {
        for (int i = 0; i < 3 * cloud.size(); i++) {
          xyz[i] /= radius;
        }
        cloud.divided(radius);
      }
    };
  }

  /** {@code axes}: {@code order: [x, z, -y]} takes x, then z, then minus y. */
  static PointStep axes(Step step) {
    StepParameters parameters = new StepParameters(step);
    List<String> order = parameters.texts("order");
    parameters.finish();
    int[] source = new int[3];
    int[] sign = new int[3];
    int seen = 0;
    for (int axis = 0; axis < 3 && order.size() == 3; axis++) {
      String name = order.get(axis);
      sign[axis] = name.startsWith("-") ? -1 : 1;
      source[axis] = AXES.indexOf(sign[axis] < 0 ? name.substring(1) : name);
      seen |= source[axis] < 0 ? 0 : 1 << source[axis];
    }
    if (seen != 7) {
      throw new IllegalArgumentException(
          "Cannot use axes.order: " + order + " (give x, y and z in some order, with - to turn)");
    }
    return cloud -> {
      double[] xyz = cloud.xyz();
      double[] turned = new double[3 * cloud.size()];
      for (int i = 0; i < turned.length; i++) {
        turned[i] = sign[i % 3] * xyz[i - i % 3 + source[i % 3]];
      }
      cloud.place(turned);
      cloud.exchanged(source, sign);
    };
  }
}
