package org.tessera.udf.frontend;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.Step;

/**
 * The step {@code branch} {role, steps}: what is there at its place goes through steps of its own
 * and becomes one more input of the model. The steps behind it do not see that.
 *
 * @param role the input's role
 * @param steps at least one
 */
public record Branch(String role, List<Step> steps) {
  /** The step's name. */
  public static final String NAME = "branch";

  private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9_]*");

  /**
   * Reads the step.
   *
   * @throws IllegalArgumentException when a parameter is missing or wrong
   */
  public static Branch of(Step step) {
    StepParameters parameters = new StepParameters(step);
    String role = parameters.text("role", "");
    List<Step> steps = parameters.steps("steps");
    parameters.finish();
    if (!ROLE.matcher(role).matches() || role.equals(Roles.SIGNAL) || role.equals(Roles.SEED)) {
      throw new IllegalArgumentException(
          "Cannot use branch.role: "
              + (role.isEmpty() ? "nothing" : role)
              + " (give a name of lower-case letters, digits and _, not signal or seed)");
    }
    if (steps.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use branch " + role + " without steps (add the parameter steps, a list of them)");
    }
    return new Branch(role, steps);
  }

  /**
   * Reads the steps, and says of a problem that it is in this branch.
   *
   * @param refused names of steps that make several samples of one, or have no place in a branch
   */
  public <T> T read(List<String> refused, Function<List<Step>, T> reader) {
    for (Step step : steps) {
      if (refused.contains(step.name())) {
        throw new IllegalArgumentException(
            "Cannot use step "
                + step.name()
                + " in branch "
                + role
                + " (put it outside, or leave it out)");
      }
    }
    try {
      return reader.apply(steps);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + ", in branch " + role, e);
    }
  }
}
