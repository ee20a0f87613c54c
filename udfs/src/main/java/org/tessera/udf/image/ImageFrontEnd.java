package org.tessera.udf.image;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.image.codec.ImageDecoder;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * The front-end of images: decode to upright 8-bit RGB, then the manifest's steps in order. The
 * first may be {@code alpha} (else alpha is dropped); the last may be {@code to_float}, without
 * which the model gets unsigned bytes of shape (height, width, channels). Steps that make several
 * images of one (crops, flips) make several segments; {@code branch} {role, steps} makes one more
 * input of the image there. Thread-safe.
 */
public final class ImageFrontEnd implements FrontEnd {
  private final ImageSteps steps;
  private final Limits limits;
  private final ImageDecoder decoder;

  private ImageFrontEnd(ImageSteps steps, Limits limits) {
    this.steps = steps;
    this.limits = limits;
    this.decoder = new ImageDecoder(limits);
  }

  /**
   * A front-end with these steps.
   *
   * @throws IllegalArgumentException when a step or one of its parameters does not exist
   */
  public static ImageFrontEnd of(List<Step> steps, Limits limits) {
    List<Step> all = new ArrayList<>(steps);
    if (steps.isEmpty() || !steps.get(0).name().equals(ImageSteps.ALPHA)) {
      all.add(0, new Step(ImageSteps.ALPHA, new TreeMap<>()));
    }
    return new ImageFrontEnd(ImageSteps.of(all), limits);
  }

  @Override
  public SortedSet<String> roles() {
    SortedSet<String> roles = new TreeSet<>(steps.roles());
    roles.add(Segment.SIGNAL);
    return roles;
  }

  @Override
  public Segments open(SampleInput input) throws SampleException {
    byte[] file = input.content().readAll(limits.bytes());
    List<ImageView> views = steps.apply(ImageView.of(decoder.decode(file)));
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      ImageView view = views.get(i);
      SortedMap<String, Object> geometry = new TreeMap<>(view.geometry());
      steps.describe(geometry);
      segments.add(Segment.of(i, -1, 0, 0, steps.features(view), view.inputs(), geometry));
    }
    return Segments.of(segments);
  }
}
