package org.tessera.model.bundle;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects problems so that all are reported at once. Not thread-safe. */
final class Problems {
  private final String subject;
  private final List<String> found = new ArrayList<>();

  /** Where values could not be read. */
  private final Set<String> unread = new HashSet<>();

  /** Problems with one thing, e.g. {@code Cannot read x/tokenizer.json}. */
  Problems(String subject) {
    this.subject = subject;
  }

  /**
   * Adds a problem, unless the value there could not be read: then it is of what stands in for it.
   */
  void add(String place, String problem) {
    if (!unread.contains(place)) {
      found.add(place.isEmpty() ? problem : place + ": " + problem);
    }
  }

  /** Adds the last problem of a place: its value is of another kind. */
  void addUnread(String place, String problem) {
    add(place, problem);
    unread.add(place);
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
