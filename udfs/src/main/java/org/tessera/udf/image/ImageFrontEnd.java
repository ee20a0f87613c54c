package org.tessera.udf.image;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.Suggestions;
import org.tessera.udf.frontend.ByteFeatures;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.image.codec.ImageDecoder;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * The front-end of images: decode to upright 8-bit RGB, then the manifest's steps in order. Without
 * the step {@code to_float} the model gets unsigned bytes of shape (height, width, channels).
 * Thread-safe.
 */
public final class ImageFrontEnd implements FrontEnd {
  private static final String TO_FLOAT = "to_float";
  private static final List<String> STEPS = List.of("resize_center_crop", TO_FLOAT);

  private final List<ImageStep> steps;
  private final FloatLayout floats;
  private final Limits limits;
  private final ImageDecoder decoder;

  private ImageFrontEnd(List<ImageStep> steps, FloatLayout floats, Limits limits) {
    this.steps = List.copyOf(steps);
    this.floats = floats;
    this.limits = limits;
    this.decoder = new ImageDecoder(limits);
  }

  /**
   * A front-end with these steps.
   *
   * @throws IllegalArgumentException when a step or one of its parameters does not exist
   */
  public static ImageFrontEnd of(List<Step> steps, Limits limits) {
    List<ImageStep> pixelSteps = new ArrayList<>();
    FloatLayout floats = null;
    for (Step step : steps) {
      if (floats != null) {
        throw new IllegalArgumentException(
            "Cannot use step "
                + step.name()
                + " after "
                + TO_FLOAT
                + " (make "
                + TO_FLOAT
                + " the last step)");
      }
      if (step.name().equals(TO_FLOAT)) {
        floats = FloatLayout.of(step);
      } else {
        pixelSteps.add(pixelStep(step));
      }
    }
    return new ImageFrontEnd(pixelSteps, floats, limits);
  }

  private static ImageStep pixelStep(Step step) {
    return switch (step.name()) {
      case "resize_center_crop" -> ResizeSteps.resizeCenterCrop(step);
      default ->
          throw new IllegalArgumentException(
              "Cannot use step "
                  + step.name()
                  + " for images ("
                  + Suggestions.of(step.name(), STEPS)
                  + ")");
    };
  }

  @Override
  public Segments open(SampleInput input) throws SampleException {
    byte[] file = input.content().readAll(limits.bytes());
    List<ImageView> views = List.of(ImageView.of(rgb(decoder.decode(file))));
    for (ImageStep step : steps) {
      List<ImageView> next = new ArrayList<>();
      for (ImageView view : views) {
        next.addAll(step.apply(view));
      }
      views = next;
    }
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      segments.add(segment(i, views.get(i)));
    }
    return Segments.of(segments);
  }

  private Segment segment(int index, ImageView view) {
    SortedMap<String, Object> geometry = new TreeMap<>(view.geometry());
    Features features;
    if (floats == null) {
      Raster raster = view.raster();
      features =
          new ByteFeatures(raster.data(), raster.height(), raster.width(), raster.channels());
    } else {
      floats.describe(geometry);
      features = floats.features(view.raster());
    }
    return Segment.of(index, -1, 0, 0, features, geometry);
  }

  /** The colours without alpha. */
  static Raster rgb(Raster raster) {
    if (raster.channels() == Raster.RGB) {
      return raster;
    }
    Raster target = Raster.blank(raster.width(), raster.height(), Raster.RGB);
    byte[] from = raster.data();
    byte[] to = target.data();
    for (int i = 0, at = 0; at < to.length; i += 4, at += 3) {
      to[at] = from[i];
      to[at + 1] = from[i + 1];
      to[at + 2] = from[i + 2];
    }
    return target;
  }
}
