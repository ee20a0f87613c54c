package org.tessera.jobs.config;

import java.util.List;

/** A configuration cannot be used; the message lists every problem. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** All problems of one source, e.g. a file. */
  public ConfigException(String source, List<String> problems) {
    super(
        "Cannot use "
            + source
            + ":"
            + String.join("", problems.stream().map(problem -> "\n  - " + problem).toList()));
  }
}
