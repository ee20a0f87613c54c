package org.tessera.udf.frontend;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.Suggestions;

/**
 * Typed, strict reading of one step's parameters. Read every parameter that the step knows, then
 * call {@link #finish}: it fails on a parameter that was not asked for. Not thread-safe.
 */
public final class StepParameters {
  private final Step step;
  private final SortedSet<String> known = new TreeSet<>();

  public StepParameters(Step step) {
    this.step = step;
  }

  /** Whether the parameter is written. */
  public boolean has(String name) {
    known.add(name);
    return step.parameters().containsKey(name);
  }

  /** A whole number. */
  public int integer(String name, int defaultValue) {
    return has(name) ? requiredInteger(name) : defaultValue;
  }

  /** A whole number that must be written. */
  public int requiredInteger(String name) {
    Object value = required(name);
    if (value instanceof Number number && number.doubleValue() == number.intValue()) {
      return number.intValue();
    }
    throw wrong(name, value, "a whole number");
  }

  /** A number. */
  public double number(String name, double defaultValue) {
    return has(name) ? requiredNumber(name) : defaultValue;
  }

  /** A number that must be written. */
  public double requiredNumber(String name) {
    Object value = required(name);
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(name, value, "a number");
  }

  /** Text. */
  public String text(String name, String defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    Object value = required(name);
    if (value instanceof String text) {
      return text;
    }
    throw wrong(name, value, "text");
  }

  /** One of several words. */
  public String choice(String name, String defaultValue, List<String> choices) {
    String text = text(name, defaultValue);
    if (!choices.contains(text)) {
      throw new IllegalArgumentException(
          "Cannot use "
              + step.name()
              + "."
              + name
              + ": "
              + text
              + " ("
              + Suggestions.of(String.valueOf(text), choices)
              + ")");
    }
    return text;
  }

  /** true or false. */
  public boolean flag(String name, boolean defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    Object value = required(name);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(name, value, "true or false");
  }

  /** A list of numbers, empty when not written; a single number is a list of one. */
  public double[] numbers(String name) {
    if (!has(name)) {
      return new double[0];
    }
    List<?> values = list(name);
    double[] numbers = new double[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(values.get(i) instanceof Number number)) {
        throw wrong(name, values.get(i), "a list of numbers");
      }
      numbers[i] = number.doubleValue();
    }
    return numbers;
  }

  /** A list of texts, empty when not written; a single text is a list of one. */
  public List<String> texts(String name) {
    if (!has(name)) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (Object value : list(name)) {
      if (!(value instanceof String text)) {
        throw wrong(name, value, "a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  /** A list of steps, empty when not written. */
  public List<Step> steps(String name) {
    List<Step> steps = new ArrayList<>();
    for (Object value : has(name) ? list(name) : List.of()) {
      if (!(value instanceof Map<?, ?> map) || !(map.get("step") instanceof String stepName)) {
        throw wrong(name, value, "a list of steps, each {step: NAME, PARAMETER: VALUE, ...}");
      }
      SortedMap<String, Object> parameters = new TreeMap<>();
      map.forEach((key, parameter) -> parameters.put(String.valueOf(key), parameter));
      parameters.remove("step");
      steps.add(new Step(stepName, parameters));
    }
    return steps;
  }

  /** Fails when the step has a parameter that nobody asked for. */
  public void finish() {
    for (String name : step.parameters().keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "Cannot use parameter "
                + name
                + " of step "
                + step.name()
                + (known.isEmpty()
                    ? " (it takes none)"
                    : " (" + Suggestions.of(name, known) + ")"));
      }
    }
  }

  private List<?> list(String name) {
    Object value = required(name);
    return value instanceof List<?> list ? list : List.of(value);
  }

  private Object required(String name) {
    if (!has(name)) {
      throw new IllegalArgumentException(
          "Cannot use step " + step.name() + " without the parameter " + name + " (add it)");
    }
    return step.parameters().get(name);
  }

  private IllegalArgumentException wrong(String name, Object value, String expected) {
    return new IllegalArgumentException(
        "Cannot use " + step.name() + "." + name + ": " + value + " (give " + expected + ")");
  }
}
