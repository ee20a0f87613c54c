package org.tessera.udf.audio;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.Suggestions;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.frontend.Branch;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * The steps of a front-end of sound, or of a branch of one: on the signal, how it is cut, on each
 * window, and the order of axes. Thread-safe.
 */
final class AudioSteps {
  static final String SEGMENT = "segment";
  static final String SPLIT = "split_channels";
  private static final String LAYOUT = "layout";

  private final List<SignalStep> signalSteps = new ArrayList<>();
  private final List<WindowStep> windowSteps = new ArrayList<>();
  private final SortedSet<String> roles = new TreeSet<>();
  private SegmentRule rule = SegmentRule.WHOLE;
  private boolean split;
  private Axes axes = Axes.DEFAULT;

  private AudioSteps() {}

  /**
   * Reads steps.
   *
   * @param limits what a branch may hold
   * @throws IllegalArgumentException when a step or one of its parameters does not exist, or a step
   *     stands where it cannot
   */
  static AudioSteps of(List<Step> steps, Limits limits) {
    AudioSteps read = new AudioSteps();
    String cutBy = null;
    String features = null;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      String name = step.name();
      if (features != null && !RowSteps.NAMES.contains(name) && !name.equals(LAYOUT)) {
        throw misplaced(name, features);
      }
      if (name.equals(LAYOUT) && i == steps.size() - 1) {
        read.axes = Axes.of(step);
      } else if (name.equals(SEGMENT) && cutBy == null) {
        read.rule = SegmentRule.of(step);
        cutBy = SEGMENT;
      } else if (name.equals(SPLIT) && !read.split) {
        new StepParameters(step).finish();
        read.split = true;
      } else if (name.equals(Branch.NAME)) {
        read.add(AudioBranch.of(step, limits));
        cutBy = cutBy == null ? name : cutBy;
      } else if (RowSteps.NAMES.contains(name)) {
        read.windowSteps.add(RowSteps.of(step, features));
        cutBy = cutBy == null ? name : cutBy;
      } else if (WindowSteps.NAMES.contains(name)
          || cutBy != null && WindowSteps.SHARED.contains(name)) {
        read.windowSteps.add(WindowSteps.of(step));
        cutBy = cutBy == null ? name : cutBy;
      } else if (cutBy == null && SignalSteps.NAMES.contains(name)) {
        read.signalSteps.add(SignalSteps.of(step));
      } else {
        throw misplaced(name, cutBy);
      }
      features = WindowSteps.FEATURES.contains(name) ? name : features;
    }
    read.axes.check(features != null);
    return read;
  }

  private void add(AudioBranch branch) {
    if (!roles.add(branch.role())) {
      throw new IllegalArgumentException(
          "Cannot use two branches with the role " + branch.role() + " (give each its own)");
    }
    windowSteps.add(branch);
  }

  private static IllegalArgumentException misplaced(String name, String cutBy) {
    List<String> names =
        Stream.of(
                SignalSteps.NAMES.stream(),
                WindowSteps.NAMES.stream(),
                RowSteps.NAMES.stream(),
                Stream.of(SEGMENT, SPLIT, Branch.NAME, LAYOUT))
            .flatMap(stream -> stream)
            .toList();
    if (!names.contains(name)) {
      return new IllegalArgumentException(
          "Cannot use step " + name + " for audio (" + Suggestions.of(name, names) + ")");
    }
    return new IllegalArgumentException(
        name.equals(LAYOUT)
            ? "Cannot use step layout before other steps (make it the last step)"
            : "Cannot use step " + name + " after " + cutBy + " (put it before, and once)");
  }

  SegmentRule rule() {
    return rule;
  }

  /** Whether each channel is a segment of its own. */
  boolean split() {
    return split;
  }

  /** The roles of the branches. */
  SortedSet<String> roles() {
    return roles;
  }

  /**
   * The signal that is cut.
   *
   * @param source opens the signal before the first step, as often as needed
   */
  Signal open(SignalStep.Upstream source, Notes notes) throws SampleException {
    return open(signalSteps.size(), source, notes);
  }

  /** The signal after so many steps. */
  private Signal open(int steps, SignalStep.Upstream source, Notes notes) throws SampleException {
    return steps == 0
        ? source.open(notes)
        : signalSteps.get(steps - 1).open(above -> open(steps - 1, source, above), notes);
  }

  /** Applies the steps on windows, and gives the window as model input. */
  Features features(Window window) throws SampleException {
    for (WindowStep step : windowSteps) {
      step.apply(window);
    }
    return axes.features(window);
  }
}
