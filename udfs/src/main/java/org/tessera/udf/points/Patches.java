package org.tessera.udf.points;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
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
 * comparable number by number.
 *
 * @param inHalves whether the points of a patch are ordered by halves
 * @param asGrid whether the shape is (groups, neighbours, channels) and not (groups, neighbours ×
 *     channels)
 * @param centersInput whether the centres are an input
 */
record Patches(
    int groups,
    int neighbours,
    FarthestPoints.Candidates candidates,
    boolean inHalves,
    boolean asGrid,
    boolean centersInput) {
  /** The role of the centres among the model's inputs. */
  static final String CENTERS = "centers";

  static Patches of(Step step) {
    StepParameters parameters = new StepParameters(step);
    int groups = SamplingSteps.positive(parameters, "groups");
    int neighbours = SamplingSteps.positive(parameters, "neighbours");
    FarthestPoints.Candidates candidates = SamplingSteps.candidates(parameters);
    boolean halves =
        parameters.choice("order", "distance", List.of("distance", "halves")).equals("halves");
    boolean grid = parameters.choice("shape", "rows", List.of("rows", "grid")).equals("grid");
    boolean input =
        parameters.choice("centers", "geometry", List.of("geometry", "input")).equals("input");
    parameters.finish();
    return new Patches(groups, neighbours, candidates, halves, grid, input);
  }

  /** Makes the features. */
  void apply(
      WorkingCloud cloud, SortedMap<String, Features> inputs, SortedMap<String, Object> geometry)
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
    inputs.put(
        Segment.SIGNAL,
        asGrid
            ? new FloatFeatures(values, groups, neighbours, channels)
            : new FloatFeatures(values, groups, neighbours * channels));
    float[] places = interleaved(centers);
    if (centersInput) {
      inputs.put(CENTERS, new FloatFeatures(places, groups, 3));
    }
    List<Float> listed = new ArrayList<>();
    for (float place : places) {
      listed.add(place);
    }
    geometry.put(PointGeometry.CENTERS, List.copyOf(listed));
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
