package org.tessera.udf.points;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.Suggestions;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.points.geometry.FloatPoints;
import org.tessera.udf.points.read.Deadline;
import org.tessera.udf.points.read.Part;
import org.tessera.udf.points.read.PointCloud;
import org.tessera.udf.points.read.PointClouds;
import org.tessera.udf.points.read.PointFormat;
import org.tessera.udf.points.read.ReadRequest;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * The front-end of point clouds and meshes: one file is one segment, or each patch is. Steps run in
 * the order of the manifest, on coordinates in double precision; the model gets floats of shape
 * (points, 3 + attributes), or patches. Steps:
 *
 * <ul>
 *   <li>{@code attributes}: which of {@code intensity, color, normals} follow x, y, z ({@link
 *       AttributeChoice}); before all others
 *   <li>{@code drop_not_finite}: leaves out points with NaN or infinite values, which otherwise
 *       reject the file
 *   <li>{@code axes}, {@code center}, {@code scale_unit_sphere}: {@link PlacementSteps}
 *   <li>{@code sample_surface}, {@code random_sample}, {@code voxel_sample}, {@code
 *       farthest_point_sample}: {@link SamplingSteps}
 *   <li>{@code patches}: {@link Patches}; last
 *   <li>{@code channels_first}: the features as (3 + attributes, points); last
 * </ul>
 *
 * Thread-safe.
 */
public final class PointsFrontEnd implements FrontEnd {
  private static final String PATCHES = "patches";
  private static final String CHANNELS_FIRST = "channels_first";
  private static final String ATTRIBUTES = "attributes";
  private static final String DROP = "drop_not_finite";
  private static final String SURFACE = "sample_surface";
  private static final List<String> SAMPLING =
      List.of("random_sample", "voxel_sample", "farthest_point_sample");
  private static final List<String> STEPS =
      List.of(
          ATTRIBUTES,
          DROP,
          "axes",
          "center",
          "scale_unit_sphere",
          SURFACE,
          "random_sample",
          "voxel_sample",
          "farthest_point_sample",
          PATCHES,
          CHANNELS_FIRST);

  private final Limits limits;
  private final List<PointStep> steps = new ArrayList<>();
  private AttributeChoice attributes = AttributeChoice.NONE;
  private boolean faces;
  private boolean sampled;
  private boolean dropNotFinite;
  private Patches patches;
  private boolean channelsFirst;

  private PointsFrontEnd(Limits limits) {
    this.limits = limits;
  }

  /**
   * A front-end with these steps.
   *
   * @throws IllegalArgumentException when a step or one of its parameters does not exist, or stands
   *     in the wrong place
   */
  public static PointsFrontEnd of(List<Step> steps, Limits limits) {
    PointsFrontEnd frontEnd = new PointsFrontEnd(limits);
    for (int i = 0; i < steps.size(); i++) {
      frontEnd.add(steps.get(i), i);
    }
    return frontEnd;
  }

  private void add(Step step, int index) {
    String name = step.name();
    if (patches != null || channelsFirst) {
      throw misplaced(
          name, "it follows the last step " + (channelsFirst ? CHANNELS_FIRST : PATCHES));
    }
    if (SAMPLING.contains(name)) {
      sampled = true;
    }
    switch (name) {
      case ATTRIBUTES -> {
        if (index != 0) {
          throw misplaced(name, "make it the first step");
        }
        attributes = AttributeChoice.of(step);
      }
      case DROP -> {
        new StepParameters(step).finish();
        if (!steps.isEmpty()) {
          throw misplaced(name, "put it before the steps that use the points");
        }
        dropNotFinite = true;
      }
      case SURFACE -> {
        if (sampled) {
          throw misplaced(name, "sampled points have no faces; put it before");
        }
        faces = true;
        steps.add(SamplingSteps.surface(step));
      }
      case "axes" -> steps.add(PlacementSteps.axes(step));
      case "center" -> steps.add(PlacementSteps.center(step));
      case "scale_unit_sphere" -> steps.add(PlacementSteps.scaleUnitSphere(step));
      case "random_sample" -> steps.add(SamplingSteps.random(step));
      case "voxel_sample" -> steps.add(SamplingSteps.voxel(step));
      case "farthest_point_sample" -> steps.add(SamplingSteps.farthest(step));
      case PATCHES -> patches = Patches.of(step);
      case CHANNELS_FIRST -> {
        new StepParameters(step).finish();
        channelsFirst = true;
      }
      default ->
          throw new IllegalArgumentException(
              "Cannot use step " + name + " for points (" + Suggestions.of(name, STEPS) + ")");
    }
  }

  private static IllegalArgumentException misplaced(String name, String why) {
    return new IllegalArgumentException("Cannot use step " + name + " here (" + why + ")");
  }

  @Override
  public SortedSet<String> roles() {
    SortedSet<String> roles = new TreeSet<>(List.of(Segment.SIGNAL));
    if (patches != null && patches.centersInput()) {
      roles.add(Patches.CENTERS);
    }
    return roles;
  }

  @Override
  public Segments open(SampleInput input) throws SampleException {
    Deadline deadline = Deadline.in(limits.timeoutMillis());
    PointFormat format = PointClouds.format(input);
    Set<Part> parts = attributes.parts();
    if (faces) {
      parts.add(Part.FACES);
    }
    PointCloud file =
        PointClouds.read(
            input, format, new ReadRequest(parts, attributes.columns(), limits, deadline));
    if (!dropNotFinite && file.notFiniteOffset() >= 0) {
      throw SampleException.at(
          Phase.DECODE,
          RejectCode.NOT_FINITE,
          "Cannot use "
              + input.name()
              + ": it has a point that is not finite (add the step "
              + DROP
              + " to leave such points out)",
          file.notFiniteOffset());
    }
    WorkingCloud cloud =
        new WorkingCloud(
            input.name(),
            attributes.complete(file, input.name()),
            new ContentSeed(input.content()),
            deadline);
    if (dropNotFinite) {
      cloud.dropNotFinite();
    }
    cloud.need(1, "model input");
    attributes.scale(cloud);
    for (PointStep step : steps) {
      step.apply(cloud);
      deadline.check(Phase.FRONTEND);
    }
    return Segments.of(segments(cloud, format, file.size()));
  }

  private List<Segment> segments(WorkingCloud cloud, PointFormat format, int sourcePoints)
      throws SampleException {
    SortedMap<String, Object> geometry =
        PointGeometry.describe(cloud, format, sourcePoints, channelsFirst);
    return patches == null
        ? List.of(Segment.of(0, -1, 0, 0, points(cloud), geometry))
        : patches.apply(cloud, geometry);
  }

  private Features points(WorkingCloud cloud) throws SampleException {
    FloatPoints points = cloud.floats();
    int n = cloud.size();
    int channels = 3 + cloud.channels();
    float[] values = new float[Math.multiplyExact(n, channels)];
    float[][] xyz = {points.x(), points.y(), points.z()};
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < channels; c++) {
        float value = c < 3 ? xyz[c][i] : cloud.attributes()[i * cloud.channels() + c - 3];
        values[channelsFirst ? c * n + i : i * channels + c] = value;
      }
    }
    return channelsFirst
        ? new FloatFeatures(values, channels, n)
        : new FloatFeatures(values, n, channels);
  }
}
