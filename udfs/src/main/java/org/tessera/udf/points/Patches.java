package org.tessera.udf.points;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.points.geometry.FarthestPoints;
import org.tessera.udf.points.geometry.FloatPoints;
import org.tessera.udf.points.geometry.NearestPoints;
import org.tessera.udf.sample.SampleException;

/**
 * The step {@code patches}, always the last: {@code groups} centres by farthest-point sampling, the
 * {@code neighbours} nearest points of each (the centre itself among them), less the centre. A
 * patch is one row: {@code x y z} and the attributes of its first point, then of its second... The
 * centres are kept in the geometry, and with {@code centers: input} are also an input of the model,
 * of shape (groups, 3). {@code order} says how points follow in a patch: by {@code distance} and
 * then by index (the default), or in {@code halves}, see {@link PatchOrder}, which makes patches
 * comparable number by number. With {@code scale: unit_sphere} a patch's coordinates are divided by
 * its radius, the distance of its farthest point from the centre, which the geometry keeps.
 *
 * <p>{@code shape} is {@code rows}, {@code grid}, or {@code segments}: each patch is a segment of
 * its own, for models that read one small cloud at a time, and its number is the patch's.
 *
 * @param inHalves whether the points of a patch are ordered by halves
 * @param unitSphere whether each patch is divided by its radius
 * @param shape how patches lie in the features
 * @param centersInput whether the centres are an input
 */
record Patches(
    int groups,
    int neighbours,
    FarthestPoints.Candidates candidates,
    boolean inHalves,
    boolean unitSphere,
    Shape shape,
    boolean centersInput) {
  /** How patches lie in the features. */
  enum Shape {
    /** (groups, neighbours × channels). */
    ROWS,
    /** (groups, neighbours, channels). */
    GRID,
    /** A segment for each, (neighbours, channels). */
    SEGMENTS
  }

  /** The role of the centres among the model's inputs. */
  static final String CENTERS = "centers";

  static Patches of(Step step) {
    StepParameters parameters = new StepParameters(step);
    int groups = SamplingSteps.positive(parameters, "groups");
    int neighbours = SamplingSteps.positive(parameters, "neighbours");
    FarthestPoints.Candidates candidates = SamplingSteps.candidates(parameters);
    boolean halves =
        parameters.choice("order", "distance", List.of("distance", "halves")).equals("halves");
    boolean unitSphere =
        parameters.choice("scale", "none", List.of("none", "unit_sphere")).equals("unit_sphere");
    Shape shape =
        Shape.valueOf(
            parameters
                .choice("shape", "rows", List.of("rows", "grid", "segments"))
                .toUpperCase(Locale.ROOT));
    boolean input =
        parameters.choice("centers", "geometry", List.of("geometry", "input")).equals("input");
    parameters.finish();
    return new Patches(groups, neighbours, candidates, halves, unitSphere, shape, input);
  }

  /**
   * Cuts a cloud into patches.
   *
   * @param described what the geometry says about the whole cloud
   */
  List<Segment> apply(WorkingCloud cloud, SortedMap<String, Object> described)
      throws SampleException {
    cloud.need(Math.max(groups, neighbours), groups + " patches of " + neighbours + " points");
    FloatPoints points = cloud.floats();
    int[] chosen = FarthestPoints.select(points, groups, candidates, cloud.deadline());
    FloatPoints centers = some(points, chosen);
    int[] near = NearestPoints.of(points, centers, neighbours, cloud.deadline());
    if (inHalves) {
      PatchOrder.halve(near, neighbours, points);
    }
    int channels = 3 + cloud.channels();
    float[] values = new float[Math.multiplyExact(near.length, channels)];
    for (int i = 0; i < near.length; i++) {
      int at = i * channels;
      int center = i / neighbours;
      values[at] = points.x()[near[i]] - centers.x()[center];
      values[at + 1] = points.y()[near[i]] - centers.y()[center];
      values[at + 2] = points.z()[near[i]] - centers.z()[center];
      System.arraycopy(
          cloud.attributes(), near[i] * cloud.channels(), values, at + 3, cloud.channels());
    }
    float[] radii = unitSphere ? divideByRadius(values, channels) : new float[0];
    float[] places = interleaved(centers);
    if (shape != Shape.SEGMENTS) {
      Features signal =
          shape == Shape.GRID
              ? new FloatFeatures(values, groups, neighbours, channels)
              : new FloatFeatures(values, groups, neighbours * channels);
      return List.of(segment(0, signal, places, radii, described));
    }
    List<Segment> segments = new ArrayList<>();
    int size = neighbours * channels;
    for (int i = 0; i < groups; i++) {
      Features signal =
          new FloatFeatures(
              Arrays.copyOfRange(values, i * size, (i + 1) * size), neighbours, channels);
      float[] place = Arrays.copyOfRange(places, 3 * i, 3 * i + 3);
      float[] radius = unitSphere ? new float[] {radii[i]} : radii;
      segments.add(segment(i, signal, place, radius, described));
    }
    return segments;
  }

  private Segment segment(
      int index,
      Features signal,
      float[] places,
      float[] radii,
      SortedMap<String, Object> described) {
    SortedMap<String, Features> inputs = new TreeMap<>();
    inputs.put(Segment.SIGNAL, signal);
    if (centersInput) {
      inputs.put(CENTERS, new FloatFeatures(places, places.length / 3, 3));
    }
    SortedMap<String, Object> geometry = new TreeMap<>(described);
    geometry.put(PointGeometry.CENTERS, new FloatList(places));
    if (unitSphere) {
      geometry.put(PointGeometry.RADII, new FloatList(radii));
    }
    return new Segment(index, -1, 0, 0, inputs, geometry, new TreeMap<>());
  }

  /** Divides the coordinates of each patch by its radius; a patch of one place stays as it is. */
  private float[] divideByRadius(float[] values, int channels) {
    float[] radii = new float[groups];
    for (int i = 0; i < groups; i++) {
      double largest = 0;
      for (int j = i * neighbours; j < (i + 1) * neighbours; j++) {
        double x = values[j * channels];
        double y = values[j * channels + 1];
        double z = values[j * channels + 2];
        largest = Math.max(largest, x * x + y * y + z * z);
      }
      radii[i] = largest == 0 ? 1 : (float) Math.sqrt(largest);
      for (int j = i * neighbours; j < (i + 1) * neighbours; j++) {
        for (int axis = 0; axis < 3; axis++) {
          values[j * channels + axis] /= radii[i];
        }
      }
    }
    return radii;
  }

  private static FloatPoints some(FloatPoints points, int[] chosen) {
    float[] x = new float[chosen.length];
    float[] y = new float[chosen.length];
    float[] z = new float[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      x[i] = points.x()[chosen[i]];
      y[i] = points.y()[chosen[i]];
      z[i] = points.z()[chosen[i]];
    }
    return new FloatPoints(x, y, z);
  }

  private static float[] interleaved(FloatPoints points) {
    float[] values = new float[3 * points.size()];
    for (int i = 0; i < points.size(); i++) {
      values[3 * i] = points.x()[i];
      values[3 * i + 1] = points.y()[i];
      values[3 * i + 2] = points.z()[i];
    }
    return values;
  }
}
