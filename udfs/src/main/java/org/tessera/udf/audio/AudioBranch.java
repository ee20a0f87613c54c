package org.tessera.udf.audio;

import java.util.List;
import org.tessera.model.bundle.Step;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.frontend.Branch;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * The step {@code branch}: the samples of a window go through steps of their own, all of which but
 * those that cut may stand there, and become an input beside the signal. Thread-safe.
 */
final class AudioBranch implements WindowStep {
  private final String role;
  private final AudioSteps steps;
  private final Limits limits;

  private AudioBranch(String role, AudioSteps steps, Limits limits) {
    this.role = role;
    this.steps = steps;
    this.limits = limits;
  }

  static AudioBranch of(Step step, Limits limits) {
    Branch branch = Branch.of(step);
    List<String> refused = List.of(AudioSteps.SEGMENT, AudioSteps.SPLIT, Branch.NAME);
    AudioSteps steps = branch.read(refused, inner -> AudioSteps.of(inner, limits));
    return new AudioBranch(branch.role(), steps, limits);
  }

  String role() {
    return role;
  }

  @Override
  public void apply(Window window) throws SampleException {
    Notes notes = new Notes();
    try (Signal signal = steps.open(unused -> new WindowSignal(window), notes)) {
      Window whole = new WindowCutter(signal, SegmentRule.WHOLE, limits).next(notes);
      if (whole == null) {
        throw SampleException.of(
            Phase.FRONTEND,
            RejectCode.TOO_SHORT,
            "Cannot make the input " + role + ": no sample is left of so short a signal");
      }
      window.inputs().put(role, steps.features(whole));
    }
  }
}
