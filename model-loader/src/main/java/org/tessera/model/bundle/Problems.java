package org.tessera.model.bundle;

import java.util.ArrayList;
import java.util.List;

/** Collects problems so that all are reported at once. Not thread-safe. */
final class Problems {
  private final String subject;
  private final List<String> found = new ArrayList<>();

  /** Problems with one thing, e.g. {@code Cannot read x/tokenizer.json}. */
  Problems(String subject) {
    this.subject = subject;
  }

  void add(String place, String problem) {
    found.add(place.isEmpty() ? problem : place + ": " + problem);
  }

  /** Whether something has been found wrong with just this. */
  boolean has(String place) {
    return found.stream().anyMatch(problem -> problem.startsWith(place + ": "));
  }

  boolean any() {
    return !found.isEmpty();
  }

  void throwIfAny() {
    if (any()) {
      throw new BundleException(subject, found);
    }
  }
}
