package org.tessera.pipeline.fit;

import java.util.List;

/** A fit specification cannot be used. The message lists every problem, each with its place. */
public final class FitSpecException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  FitSpecException(String name, List<String> problems) {
    super(
        "Cannot use fit specification "
            + name
            + ": "
            + (problems.size() == 1
                ? problems.get(0)
                : problems.size() + " problems\n- " + String.join("\n- ", problems)));
    this.problems = List.copyOf(problems);
  }

  /** The problems one by one; at least one. */
  public List<String> problems() {
    return problems;
  }
}
