package org.tessera.udf.points;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.points.geometry.FarthestPoints;
import org.tessera.udf.points.geometry.SplitMix64;
import org.tessera.udf.points.geometry.SurfaceSampler;
import org.tessera.udf.points.geometry.VoxelGrid;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** The steps that choose points. */
final class SamplingSteps {
  /** What to do with a cloud that has too few points. */
  private enum Few {
    REJECT,
    KEEP,
    REPEAT;

    static Few of(StepParameters parameters) {
      return valueOf(
          parameters
              .choice("few", "reject", List.of("reject", "keep", "repeat"))
              .toUpperCase(Locale.ROOT));
    }
  }

  private SamplingSteps() {}

  /**
   * {@code random_sample}: {@code points} drawn without replacement, in the order drawn, by {@link
   * SplitMix64#draw} seeded with the content's seed, see {@link ContentSeed}. {@code few}: a cloud
   * with fewer points is rejected ({@code reject}, the default), stays as it is ({@code keep}), or
   * is drawn whole and then repeated in that order ({@code repeat}).
   */
  static PointStep random(Step step) {
    StepParameters parameters = new StepParameters(step);
    int points = positive(parameters, "points");
    long seed = parameters.integer("seed", 0);
    Few few = Few.of(parameters);
    parameters.finish();
    return cloud -> {
      if (few == Few.REJECT) {
        cloud.need(points, "a sample of " + points + " points");
      } else if (few == Few.KEEP && cloud.size() < points) {
        return;
      }
      SplitMix64 random = new SplitMix64(cloud.seed(seed));
      int[] drawn = random.draw(cloud.size(), Math.min(points, cloud.size()));
      cloud.select(repeated(drawn, points));
    };
  }

  private static int[] repeated(int[] indices, int count) {
    int[] all = Arrays.copyOf(indices, count);
    for (int i = indices.length; i < count; i++) {
      all[i] = all[i - indices.length];
    }
    return all;
  }

  /**
   * {@code farthest_point_sample}: {@code points} chosen by {@link FarthestPoints} on the
   * coordinates as floats; {@code skip_near_origin} is Point-BERT's kernel's rule. {@code few} as
   * for random sampling; {@code repeat} repeats as the kernel does.
   */
  static PointStep farthest(Step step) {
    StepParameters parameters = new StepParameters(step);
    int points = positive(parameters, "points");
    FarthestPoints.Candidates candidates = candidates(parameters);
    Few few = Few.of(parameters);
    parameters.finish();
    return cloud -> {
      if (few == Few.REJECT) {
        cloud.need(points, "a sample of " + points + " points");
      } else if (few == Few.KEEP && cloud.size() < points) {
        return;
      }
      cloud.select(FarthestPoints.select(cloud.floats(), points, candidates, cloud.deadline()));
    };
  }

  static FarthestPoints.Candidates candidates(StepParameters parameters) {
    return parameters.flag("skip_near_origin", false)
        ? FarthestPoints.Candidates.AWAY_FROM_ORIGIN
        : FarthestPoints.Candidates.ALL;
  }

  /**
   * {@code voxel_sample}: one point for each cell of Open3D's grid with this {@code edge}, in the
   * order in which cells are first met. {@code take}: the mean of the cell's points and attributes
   * ({@code mean}, the default), or its first point ({@code first}).
   */
  static PointStep voxel(Step step) {
    StepParameters parameters = new StepParameters(step);
    double edge = parameters.requiredNumber("edge");
    boolean mean = parameters.choice("take", "mean", List.of("mean", "first")).equals("mean");
    parameters.finish();
    if (!(edge > 0) || Double.isInfinite(edge)) {
      throw new IllegalArgumentException(
          "Cannot use voxel_sample.edge: " + edge + " (give a length above 0)");
    }
    return cloud -> {
      VoxelGrid grid = grid(cloud, edge);
      if (mean) {
        means(cloud, grid);
      } else {
        firsts(cloud, grid);
      }
    };
  }

  private static VoxelGrid grid(WorkingCloud cloud, double edge) throws SampleException {
    try {
      return VoxelGrid.of(cloud.xyz(), cloud.size(), edge);
    } catch (ArithmeticException e) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TOO_LARGE,
          "Cannot sort "
              + cloud.name()
              + " into cells of "
              + edge
              + ": "
              + e.getMessage()
              + " (raise voxel_sample.edge)");
    }
  }

  private static void firsts(WorkingCloud cloud, VoxelGrid grid) {
    int[] first = new int[grid.count()];
    int found = 0;
    for (int i = 0; i < cloud.size(); i++) {
      if (grid.cell(i) == found) {
        first[found++] = i;
      }
    }
    cloud.select(first);
  }

  private static void means(WorkingCloud cloud, VoxelGrid grid) {
    int channels = cloud.channels();
    int[] count = new int[grid.count()];
    double[] xyz = new double[3 * count.length];
    double[] sums = new double[channels * count.length];
    for (int i = 0; i < cloud.size(); i++) {
      int cell = grid.cell(i);
      count[cell]++;
      for (int axis = 0; axis < 3; axis++) {
        xyz[3 * cell + axis] += cloud.xyz()[3 * i + axis];
      }
      for (int c = 0; c < channels; c++) {
        sums[channels * cell + c] += cloud.attributes()[channels * i + c];
      }
    }
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] /= count[i / 3];
    }
    float[] attributes = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      attributes[i] = (float) (sums[i] / count[i / channels]);
    }
    cloud.replace(xyz, attributes);
  }

  /**
   * {@code sample_surface}: {@code points} on the faces of a mesh, see {@link SurfaceSampler};
   * attributes are mixed like coordinates. A file without faces stays as it is ({@code clouds:
   * keep}, the default) or is rejected ({@code clouds: reject}).
   */
  static PointStep surface(Step step) {
    StepParameters parameters = new StepParameters(step);
    int points = positive(parameters, "points");
    long seed = parameters.integer("seed", 0);
    boolean keep = parameters.choice("clouds", "keep", List.of("keep", "reject")).equals("keep");
    parameters.finish();
    return cloud -> {
      if (cloud.triangles().length == 0) {
        if (!keep) {
          throw noSurface(cloud, "it has no faces (set clouds: keep to take its points)");
        }
        return;
      }
      SurfaceSampler places =
          SurfaceSampler.draw(
              cloud.xyz(), cloud.triangles(), points, new SplitMix64(cloud.seed(seed)));
      if (places.count() == 0) {
        throw noSurface(cloud, "its faces have no finite area (leave the file out)");
      }
      mix(cloud, places);
    };
  }

  private static SampleException noSurface(WorkingCloud cloud, String why) {
    return SampleException.of(
        Phase.FRONTEND,
        RejectCode.TOO_SHORT,
        "Cannot sample the surface of " + cloud.name() + ": " + why);
  }

  private static void mix(WorkingCloud cloud, SurfaceSampler places) {
    int channels = cloud.channels();
    int[] corners = cloud.triangles();
    double[] from = cloud.xyz();
    float[] values = cloud.attributes();
    double[] xyz = new double[3 * places.count()];
    float[] attributes = new float[channels * places.count()];
    for (int i = 0; i < places.count(); i++) {
      int t = 3 * places.triangles()[i];
      int a = corners[t];
      int b = corners[t + 1];
      int c = corners[t + 2];
      for (int axis = 0; axis < 3; axis++) {
        xyz[3 * i + axis] =
            places.mix(i, from[3 * a + axis], from[3 * b + axis], from[3 * c + axis]);
      }
      for (int k = 0; k < channels; k++) {
        attributes[channels * i + k] =
            (float)
                places.mix(
                    i,
                    values[channels * a + k],
                    values[channels * b + k],
                    values[channels * c + k]);
      }
    }
    cloud.replace(xyz, attributes);
  }

  static int positive(StepParameters parameters, String name) {
    int value = parameters.requiredInteger(name);
    if (value < 1) {
      throw new IllegalArgumentException(
          "Cannot use " + name + ": " + value + " (give a whole number above 0)");
    }
    return value;
  }
}
