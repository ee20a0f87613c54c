package org.tessera.udf.image;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
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
 * The front-end of images: decode to upright 8-bit RGB, then the manifest's steps in order. The
 * first may be {@code alpha} (else alpha is dropped); the last may be {@code to_float}, without
 * which the model gets unsigned bytes of shape (height, width, channels). Steps that make several
 * images of one (crops, flips) make several segments. Thread-safe.
 */
public final class ImageFrontEnd implements FrontEnd {
  private static final String TO_FLOAT = "to_float";
  private static final String ALPHA = "alpha";
  private static final SortedMap<String, Function<Step, ImageStep>> STEPS =
      Collections.unmodifiableSortedMap(
          new TreeMap<>(
              Map.ofEntries(
                  Map.entry("resize_center_crop", ResizeSteps::resizeCenterCrop),
                  Map.entry("adm_center_crop", ResizeSteps::admCenterCrop),
                  Map.entry("resize", ResizeSteps::squash),
                  Map.entry("any_resolution", ResizeSteps::anyResolution),
                  Map.entry("aspect_bucket", ResizeSteps::aspectBucket),
                  Map.entry("center_crop", CropSteps::centerCrop),
                  Map.entry("five_crop", CropSteps::fiveCrop),
                  Map.entry("ten_crop", CropSteps::tenCrop),
                  Map.entry("with_flip", CropSteps::withFlip),
                  Map.entry("flip", CropSteps::flip),
                  Map.entry("gray", ColourSteps::gray),
                  Map.entry(ALPHA, ColourSteps::alpha))));

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
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step.name().equals(TO_FLOAT)) {
        mustBe(i == steps.size() - 1, TO_FLOAT, "last");
        floats = FloatLayout.of(step);
      } else {
        mustBe(i == 0 || !step.name().equals(ALPHA), ALPHA, "first");
        pixelSteps.add(pixelStep(step));
      }
    }
    if (steps.isEmpty() || !steps.get(0).name().equals(ALPHA)) {
      pixelSteps.add(0, ColourSteps.alpha(new Step(ALPHA, new TreeMap<>())));
    }
    return new ImageFrontEnd(pixelSteps, floats, limits);
  }

  private static void mustBe(boolean right, String name, String place) {
    if (!right) {
      throw new IllegalArgumentException(
          "Cannot use step " + name + " there (make it the " + place + " step)");
    }
  }

  private static ImageStep pixelStep(Step step) {
    Function<Step, ImageStep> factory = STEPS.get(step.name());
    if (factory == null) {
      List<String> names = new ArrayList<>(STEPS.keySet());
      names.add(TO_FLOAT);
      throw new IllegalArgumentException(
          "Cannot use step "
              + step.name()
              + " for images ("
              + Suggestions.of(step.name(), names)
              + ")");
    }
    return factory.apply(step);
  }

  @Override
  public Segments open(SampleInput input) throws SampleException {
    byte[] file = input.content().readAll(limits.bytes());
    List<ImageView> views = List.of(ImageView.of(decoder.decode(file)));
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
}
