package org.tessera.udf.eeg;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.read.ChannelKind;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * {@code channels}: which channels are taken, in which order, and what they are called.
 *
 * <ul>
 *   <li>{@code select}: names in the wanted order; matched by {@link ElectrodeNames}
 *   <li>{@code kinds}: without {@code select}, all channels of these kinds in file order; {@code
 *       eeg} when nothing is said
 *   <li>{@code exclude}: names to leave out
 *   <li>{@code rename}: {@code OLD=NEW}, before all else
 *   <li>{@code missing}: {@code reject} the recording (default), {@code skip} the channel, or take
 *       a row of {@code zero}s
 *   <li>{@code names}: {@code select} (default: as selected, else as in the file) or {@code plain}
 * </ul>
 */
final class ChannelsStep implements RecordingStep {
  private final List<String> select;
  private final Set<ChannelKind> kinds = EnumSet.noneOf(ChannelKind.class);
  private final List<String> exclude;
  private final List<String> rename;
  private final String missing;
  private final boolean plainNames;

  ChannelsStep(StepParameters parameters) {
    select = parameters.texts("select");
    for (String kind : parameters.texts("kinds")) {
      kinds.add(
          ChannelKind.of(kind)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "Cannot use channels.kinds: "
                              + kind
                              + " (use eeg, eog, ecg, emg, seeg, ecog, mag, grad, stim, misc, ...)")));
    }
    exclude = parameters.texts("exclude");
    rename = parameters.texts("rename");
    for (String pair : rename) {
      if (pair.indexOf('=') < 1) {
        throw new IllegalArgumentException(
            "Cannot use channels.rename: " + pair + " (write OLD=NEW)");
      }
    }
    missing = parameters.choice("missing", "reject", List.of("reject", "skip", "zero"));
    plainNames = parameters.choice("names", "select", List.of("select", "plain")).equals("plain");
    parameters.finish();
    if (!select.isEmpty() && !kinds.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use channels.select together with channels.kinds (give one of them)");
    }
  }

  /** What is taken when no step says anything: the EEG channels. */
  static RecordingStep standard() {
    return new ChannelsStep(
        new StepParameters(
            new org.tessera.model.bundle.Step("channels", new java.util.TreeMap<>())));
  }

  @Override
  public List<Signal> apply(List<Signal> runs, Limits limits) throws SampleException {
    List<Channel> channels = renamed(runs.get(0).channels());
    List<Integer> rows = new ArrayList<>();
    List<Channel> described = new ArrayList<>();
    if (select.isEmpty()) {
      byKind(channels, rows, described);
    } else {
      byName(channels, rows, described);
    }
    if (described.isEmpty()) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot take channels: none of "
              + channels.size()
              + " is of kind "
              + (kinds.isEmpty() ? "eeg" : kinds)
              + " (give channels.kinds or channels.select)");
    }
    if (described.size() > limits.channels()) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TOO_LARGE,
          "Cannot take " + described.size() + " channels (raise limits.channels)");
    }
    int[] numbers = rows.stream().mapToInt(Integer::intValue).toArray();
    Signal[] chosen = new Signal[runs.size()];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = runs.get(i).select(numbers, described);
    }
    return List.of(chosen);
  }

  private List<Channel> renamed(List<Channel> channels) {
    List<Channel> result = new ArrayList<>(channels);
    for (String pair : rename) {
      int at = pair.indexOf('=');
      String old = pair.substring(0, at);
      result.replaceAll(
          channel -> channel.name().equals(old) ? channel.named(pair.substring(at + 1)) : channel);
    }
    return result;
  }

  private void byKind(List<Channel> channels, List<Integer> rows, List<Channel> described)
      throws SampleException {
    Set<ChannelKind> wanted = kinds.isEmpty() ? EnumSet.of(ChannelKind.EEG) : kinds;
    Set<Integer> left = new java.util.HashSet<>();
    for (String name : exclude) {
      left.add(ElectrodeNames.find(name, channels));
    }
    for (int i = 0; i < channels.size(); i++) {
      if (wanted.contains(channels.get(i).kind()) && !left.contains(i)) {
        rows.add(i);
        described.add(channel(channels.get(i), channels.get(i).name()));
      }
    }
  }

  private void byName(List<Channel> channels, List<Integer> rows, List<Channel> described)
      throws SampleException {
    for (String name : select) {
      if (exclude.contains(name)) {
        continue;
      }
      int row = ElectrodeNames.find(name, channels);
      if (row >= 0) {
        rows.add(row);
        described.add(channel(channels.get(row), name));
      } else if (missing.equals("reject")) {
        throw ElectrodeNames.missing(name, channels);
      } else if (missing.equals("zero")) {
        rows.add(-1);
        described.add(
            channel(Channel.of(name, ChannelKind.EEG, channels.get(0).rate(), "V"), name));
      }
    }
  }

  private Channel channel(Channel channel, String name) {
    return channel.named(plainNames ? ElectrodeNames.plain(name) : name);
  }
}
