package org.tessera.model.bundle;

import java.util.List;

/**
 * A bundle cannot be read, used or written. The message lists every problem that was found, each
 * with its place and what to do. Nothing was run from the bundle.
 */
public final class BundleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public BundleException(String message) {
    super(message);
    this.problems = List.of(message);
  }

  public BundleException(String message, Throwable cause) {
    super(message, cause);
    this.problems = List.of(message);
  }

  BundleException(String subject, List<String> problems) {
    super(message(subject, problems));
    this.problems = List.copyOf(problems);
  }

  /** The problems one by one; at least one. */
  public List<String> problems() {
    return problems;
  }

  private static String message(String subject, List<String> problems) {
    if (problems.size() == 1) {
      return subject + ": " + problems.get(0);
    }
    return subject + ": " + problems.size() + " problems\n- " + String.join("\n- ", problems);
  }
}
