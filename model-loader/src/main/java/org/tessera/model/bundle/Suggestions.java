package org.tessera.model.bundle;

import java.util.Collection;
import java.util.Locale;

/** "Did you mean": the nearest of the valid names. */
public final class Suggestions {
  private Suggestions() {}

  /**
   * The end of an error message about a wrong name: the nearest valid name when one is near, and
   * all valid names otherwise.
   */
  public static String of(String wrong, Collection<String> valid) {
    String nearest = null;
    int best = Integer.MAX_VALUE;
    for (String name : valid) {
      int distance = distance(wrong.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      if (distance < best) {
        best = distance;
        nearest = name;
      }
    }
    if (nearest != null && best <= Math.max(2, wrong.length() / 3)) {
      return "did you mean " + nearest + "?";
    }
    return "choose one of " + String.join(", ", valid);
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
