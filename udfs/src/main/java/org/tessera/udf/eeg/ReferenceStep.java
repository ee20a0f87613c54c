package org.tessera.udf.eeg;

import java.util.List;
import java.util.stream.IntStream;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * {@code reference}: every channel minus the mean of all good channels ({@code to: average}, the
 * default), or of the named ones ({@code to: [A1, A2]}), which stay among the channels.
 */
final class ReferenceStep implements RecordingStep {
  private final List<String> to;

  ReferenceStep(StepParameters parameters) {
    List<String> names = parameters.texts("to");
    to = names.equals(List.of("average")) ? List.of() : names;
    parameters.finish();
  }

  @Override
  public List<Signal> apply(List<Signal> runs, Limits limits) throws SampleException {
    List<Channel> channels = runs.get(0).channels();
    int[] reference;
    if (to.isEmpty()) {
      int[] good =
          IntStream.range(0, channels.size()).filter(i -> !channels.get(i).bad()).toArray();
      reference = good.length == 0 ? IntStream.range(0, channels.size()).toArray() : good;
    } else {
      reference = new int[to.size()];
      for (int i = 0; i < reference.length; i++) {
        reference[i] = ElectrodeNames.find(to.get(i), channels);
        if (reference[i] < 0) {
          throw ElectrodeNames.missing(to.get(i), channels);
        }
      }
    }
    return runs.stream().<Signal>map(run -> new ReferencedSignal(run, reference)).toList();
  }
}
