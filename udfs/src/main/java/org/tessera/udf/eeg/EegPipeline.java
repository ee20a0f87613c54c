package org.tessera.udf.eeg;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.Suggestions;
import org.tessera.udf.eeg.read.RecordCount;
import org.tessera.udf.frontend.StepParameters;

/** The steps of a manifest, checked and in their places. Immutable and thread-safe. */
final class EegPipeline {
  private static final List<String> NAMES =
      List.of(
          "recording",
          "channels",
          "montage",
          "reference",
          "bad_channels",
          "filter",
          "notch",
          "resample",
          "scale",
          "windows",
          "quantile_scale",
          "zscore",
          "group_scale",
          "clamp",
          "stft",
          "patches",
          "frames",
          "sensors");

  private RecordCount recordCount = RecordCount.STRICT;
  private final List<RecordingStep> recordingSteps = new ArrayList<>();
  private final List<WindowStep> windowSteps = new ArrayList<>();
  private WindowsStep windows = WindowsStep.none();
  private Layout layout = Layouts.signal();
  private Optional<SensorsStep> sensors = Optional.empty();
  private boolean cut;
  private boolean laidOut;

  /**
   * Checks the steps.
   *
   * @throws IllegalArgumentException for an unknown step or parameter, or a step in a wrong place
   */
  EegPipeline(List<Step> steps) {
    boolean chosen = false;
    for (Step step : steps) {
      chosen |= step.name().equals("channels") || step.name().equals("montage");
    }
    if (!chosen) {
      recordingSteps.add(ChannelsStep.standard());
    }
    for (Step step : steps) {
      if (laidOut && !step.name().equals("sensors")) {
        throw new IllegalArgumentException(
            "Cannot use step " + step.name() + " after stft, patches or frames (put it before)");
      }
      add(step.name(), new StepParameters(step));
    }
  }

  private void add(String name, StepParameters parameters) {
    switch (name) {
      case "recording" -> recording(parameters);
      case "channels" -> onRecordings(name, new ChannelsStep(parameters));
      case "montage" -> onRecordings(name, new MontageStep(parameters));
      case "reference" -> onRecordings(name, new ReferenceStep(parameters));
      case "bad_channels" -> onRecordings(name, new BadChannelsStep(parameters));
      case "filter" -> onRecordings(name, FilterSteps.filter(parameters));
      case "notch" -> onRecordings(name, FilterSteps.notch(parameters));
      case "resample" -> resample(new ResampleStep(parameters));
      case "scale" -> scale(new ScaleStep(parameters));
      case "windows" -> windows(new WindowsStep(parameters));
      case "quantile_scale" -> windowSteps.add(NormalizeSteps.quantileScale(parameters));
      case "zscore" -> windowSteps.add(NormalizeSteps.zscore(parameters));
      case "group_scale" -> windowSteps.add(NormalizeSteps.groupScale(parameters));
      case "clamp" -> windowSteps.add(NormalizeSteps.clamp(parameters));
      case "stft" -> layOut(Layouts.stft(parameters));
      case "patches" -> layOut(Layouts.patches(parameters));
      case "frames" -> layOut(Layouts.frames(parameters));
      case "sensors" -> sensors = Optional.of(new SensorsStep(parameters));
      default ->
          throw new IllegalArgumentException(
              "Cannot use step " + name + " on recordings (" + Suggestions.of(name, NAMES) + ")");
    }
  }

  /**
   * {@code recording}: {@code records} is {@code strict} or {@code infer}, for EDF, BDF,
   * BrainVision.
   */
  private void recording(StepParameters parameters) {
    boolean infer =
        parameters.choice("records", "strict", List.of("strict", "infer")).equals("infer");
    parameters.finish();
    recordCount = infer ? RecordCount.INFER : RecordCount.STRICT;
  }

  private void onRecordings(String name, RecordingStep step) {
    if (cut || !windowSteps.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use step " + name + " on windows (put it before windows and normalization)");
    }
    recordingSteps.add(step);
  }

  private void resample(ResampleStep step) {
    if (cut) {
      windowSteps.add(step);
    } else {
      onRecordings("resample", FilterSteps.resample(step));
    }
  }

  private void scale(ScaleStep step) {
    if (cut) {
      windowSteps.add(step);
    } else {
      onRecordings("scale", step);
    }
  }

  private void windows(WindowsStep step) {
    if (cut) {
      throw new IllegalArgumentException("Cannot use step windows twice (keep one)");
    }
    if (!windowSteps.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use step windows after normalization (put it before)");
    }
    windows = step;
    cut = true;
  }

  private void layOut(Layout step) {
    layout = step;
    laidOut = true;
  }

  RecordCount recordCount() {
    return recordCount;
  }

  List<RecordingStep> recordingSteps() {
    return recordingSteps;
  }

  WindowsStep windows() {
    return windows;
  }

  List<WindowStep> windowSteps() {
    return windowSteps;
  }

  Layout layout() {
    return layout;
  }

  Optional<SensorsStep> sensors() {
    return sensors;
  }

  /** What the steps on recordings multiply physical values with. */
  double recordingFactor() {
    double factor = 1;
    for (RecordingStep step : recordingSteps) {
      factor *= step.factor();
    }
    return factor;
  }
}
