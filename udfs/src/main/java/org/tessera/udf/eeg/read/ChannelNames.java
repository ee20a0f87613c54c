package org.tessera.udf.eeg.read;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Names made different, by MNE's rule: all that are equal get {@code -0}, {@code -1}, ... */
final class ChannelNames {
  private ChannelNames() {}

  static List<String> unique(List<String> names) {
    Map<String, Integer> counts = new HashMap<>();
    for (String name : names) {
      counts.merge(name, 1, Integer::sum);
    }
    Set<String> used = new HashSet<>(names);
    Map<String, Integer> next = new HashMap<>();
    List<String> unique = new ArrayList<>();
    for (String name : names) {
      if (counts.get(name) == 1) {
        unique.add(name);
        continue;
      }
      String candidate;
      do {
        candidate = name + "-" + (next.merge(name, 1, Integer::sum) - 1);
      } while (!used.add(candidate));
      unique.add(candidate);
    }
    return unique;
  }
}
