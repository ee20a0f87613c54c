package org.tessera.udf.eeg.read;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names made different, by MNE's rule: all that are equal get {@code -0}, {@code -1}, ..., or,
 * where another channel has that name already, the first free one of {@code -a} to {@code -z}.
 */
final class ChannelNames {
  private ChannelNames() {}

  static List<String> unique(List<String> names) {
    Map<String, Integer> counts = new HashMap<>();
    for (String name : names) {
      counts.merge(name, 1, Integer::sum);
    }
    Set<String> used = new HashSet<>(names);
    Map<String, Integer> seen = new HashMap<>();
    List<String> unique = new ArrayList<>();
    for (String name : names) {
      unique.add(
          counts.get(name) == 1 ? name : free(name, seen.merge(name, 1, Integer::sum) - 1, used));
    }
    return unique;
  }

  private static String free(String name, int number, Set<String> used) {
    String candidate = name + "-" + number;
    for (char letter = 'a'; !used.add(candidate); letter++) {
      // Behind z, where MNE gives up, the letters grow longer.
      candidate = letter <= 'z' ? name + "-" + letter : candidate + "a";
    }
    return candidate;
  }
}
