package org.tessera.udf.eeg;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * Names of electrodes as people write them: {@code EEG FP1-REF}, {@code Fp1}, {@code Fc5.}. The
 * plain form has no type before and no reference after it, in capitals; the four electrodes that
 * the 10-20 and the 10-10 system call differently have two names.
 */
final class ElectrodeNames {
  private static final Pattern PREFIX =
      Pattern.compile("^(EEG|SEEG|ECOG|EOG|ECG|EMG|POL)[ _:-]+(?=\\S)");
  private static final Pattern REFERENCE =
      Pattern.compile("[ _-]+(REF|LE|AR|AVG|AV|CAR|LER|M1|M2|A1|A2|A1A2|M1M2|LINKED)$");
  private static final Map<String, String> TWINS =
      Map.of("T3", "T7", "T4", "T8", "T5", "P7", "T6", "P8");

  private ElectrodeNames() {}

  /** The plain form, e.g. {@code FP1}. */
  static String plain(String name) {
    return REFERENCE.matcher(withoutType(name)).replaceFirst("").strip();
  }

  /** The channel that is a pair already, e.g. {@code EEG Fp1-F7} for {@code FP1-F7}, or -1. */
  static int findPair(String pair, List<Channel> channels) throws SampleException {
    String wanted = withoutType(pair);
    return only(pair, channels, channel -> withoutType(channel).equals(wanted));
  }

  private static String withoutType(String name) {
    String upper = name.strip().toUpperCase(Locale.ROOT).replaceAll("\\.+$", "");
    return PREFIX.matcher(upper).replaceFirst("");
  }

  /** The plain form in the newer naming: T7 for T3, and so on. */
  private static String newer(String name) {
    String plain = plain(name);
    return TWINS.getOrDefault(plain, plain);
  }

  /**
   * The channel that a name means: the one with just this name, else the only one with its plain
   * form, else the only one with its newer name.
   *
   * @return its number, or -1 when there is none
   * @throws SampleException when two channels fit equally
   */
  static int find(String name, List<Channel> channels) throws SampleException {
    for (int i = 0; i < channels.size(); i++) {
      if (channels.get(i).name().equals(name)) {
        return i;
      }
    }
    String plain = plain(name);
    int found = only(name, channels, channel -> plain(channel).equals(plain));
    if (found >= 0) {
      return found;
    }
    String newer = newer(name);
    return only(name, channels, channel -> newer(channel).equals(newer));
  }

  private static int only(
      String name, List<Channel> channels, java.util.function.Predicate<String> fits)
      throws SampleException {
    int found = -1;
    for (int i = 0; i < channels.size(); i++) {
      if (fits.test(channels.get(i).name())) {
        if (found >= 0) {
          throw SampleException.of(
              Phase.FRONTEND,
              RejectCode.MALFORMED,
              "Cannot tell which channel "
                  + name
                  + " is: "
                  + channels.get(found).name()
                  + " or "
                  + channels.get(i).name()
                  + " (write its name as the file has it)");
        }
        found = i;
      }
    }
    return found;
  }

  /** The rejection of a recording that lacks a channel. */
  static SampleException missing(String name, List<Channel> channels) {
    String there =
        String.join(", ", channels.stream().limit(40).map(Channel::name).toList())
            + (channels.size() > 40 ? ", ..." : "");
    return SampleException.of(
        Phase.FRONTEND,
        RejectCode.MALFORMED,
        "Cannot find channel " + name + " (there are " + there + ")");
  }
}
