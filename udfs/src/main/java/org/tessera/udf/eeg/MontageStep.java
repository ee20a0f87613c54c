package org.tessera.udf.eeg;

import java.util.ArrayList;
import java.util.List;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.read.ChannelKind;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * {@code montage}: bipolar channels, each the first of a pair minus the second.
 *
 * <ul>
 *   <li>{@code name}: {@code tcp_16} (the temporal and central chains, as the TUEV recipe of BIOT,
 *       LaBraM and TFM takes them) or {@code tcp_22} (the 22 channels of the TUH annotations)
 *   <li>{@code pairs}: {@code FP1-F7}, ... in place of a name
 *   <li>{@code missing}: {@code reject} the recording (default) or {@code skip} the pair
 * </ul>
 *
 * A channel that is called like a pair is taken as it is.
 */
final class MontageStep implements RecordingStep {
  private static final List<String> LEFT_TEMPORAL = List.of("FP1-F7", "F7-T3", "T3-T5", "T5-O1");
  private static final List<String> RIGHT_TEMPORAL = List.of("FP2-F8", "F8-T4", "T4-T6", "T6-O2");
  private static final List<String> ACROSS =
      List.of("A1-T3", "T3-C3", "C3-CZ", "CZ-C4", "C4-T4", "T4-A2");
  private static final List<String> LEFT_CENTRAL = List.of("FP1-F3", "F3-C3", "C3-P3", "P3-O1");
  private static final List<String> RIGHT_CENTRAL = List.of("FP2-F4", "F4-C4", "C4-P4", "P4-O2");

  private final List<String> pairs;
  private final boolean skip;

  MontageStep(StepParameters parameters) {
    if (parameters.has("pairs")) {
      pairs = parameters.texts("pairs");
    } else {
      String name = parameters.choice("name", "tcp_16", List.of("tcp_16", "tcp_22"));
      List<String> list = new ArrayList<>(LEFT_TEMPORAL);
      list.addAll(RIGHT_TEMPORAL);
      if (name.equals("tcp_22")) {
        list.addAll(ACROSS);
      }
      list.addAll(LEFT_CENTRAL);
      list.addAll(RIGHT_CENTRAL);
      pairs = List.copyOf(list);
    }
    skip = parameters.choice("missing", "reject", List.of("reject", "skip")).equals("skip");
    parameters.finish();
    for (String pair : pairs) {
      int dash = pair.indexOf('-');
      if (dash < 1 || dash == pair.length() - 1) {
        throw new IllegalArgumentException(
            "Cannot use montage.pairs: " + pair + " (write two names with a hyphen: FP1-F7)");
      }
    }
  }

  @Override
  public List<Signal> apply(List<Signal> runs, Limits limits) throws SampleException {
    List<Channel> channels = runs.get(0).channels();
    List<Integer> first = new ArrayList<>();
    List<Integer> second = new ArrayList<>();
    List<Channel> described = new ArrayList<>();
    for (String pair : pairs) {
      int ready = ElectrodeNames.findPair(pair, channels);
      int dash = pair.indexOf('-');
      int a = ready >= 0 ? ready : ElectrodeNames.find(pair.substring(0, dash), channels);
      int b = ready >= 0 ? -1 : ElectrodeNames.find(pair.substring(dash + 1), channels);
      if (ready < 0 && (a < 0 || b < 0)) {
        if (skip) {
          continue;
        }
        throw ElectrodeNames.missing(
            a < 0 ? pair.substring(0, dash) : pair.substring(dash + 1), channels);
      }
      first.add(a);
      second.add(b);
      described.add(Channel.of(pair, ChannelKind.EEG, runs.get(0).rate(), channels.get(a).unit()));
    }
    if (described.isEmpty()) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot make a montage: the recording has the electrodes of none of its pairs");
    }
    return pairs(runs, first, second, described);
  }

  private static List<Signal> pairs(
      List<Signal> runs, List<Integer> first, List<Integer> second, List<Channel> described) {
    // Only the channels that occur are read.
    int[] used =
        java.util.stream.Stream.concat(first.stream(), second.stream().filter(row -> row >= 0))
            .mapToInt(Integer::intValue)
            .distinct()
            .sorted()
            .toArray();
    int[] a = first.stream().mapToInt(row -> java.util.Arrays.binarySearch(used, row)).toArray();
    int[] b =
        second.stream()
            .mapToInt(row -> row < 0 ? -1 : java.util.Arrays.binarySearch(used, row))
            .toArray();
    Signal[] result = new Signal[runs.size()];
    for (int i = 0; i < result.length; i++) {
      List<Channel> channels = runs.get(i).channels();
      List<Channel> kept = java.util.Arrays.stream(used).mapToObj(channels::get).toList();
      result[i] = new PairSignal(runs.get(i).select(used, kept), a, b, described);
    }
    return List.of(result);
  }
}
