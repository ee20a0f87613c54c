package org.tessera.model.quantize;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Suggestions;
import org.tessera.model.npy.FloatTensor;

/**
 * Strict, typed reading of one quantizer's parameters and tensors. Problems are collected, and
 * {@link #finish} throws them all at once; until then a problem gives a harmless value. Not
 * thread-safe.
 */
final class SpecReader {
  private static final int MAX_SHOWN = 20;

  private final QuantizerSpec spec;
  private final Function<String, FloatTensor> tensors;
  private final String path;
  private final List<String> problems;
  private final SortedSet<String> known = new TreeSet<>();

  SpecReader(QuantizerSpec spec, Function<String, FloatTensor> tensors) {
    this(spec, tensors, "", new ArrayList<>());
  }

  private SpecReader(
      QuantizerSpec spec,
      Function<String, FloatTensor> tensors,
      String path,
      List<String> problems) {
    this.spec = spec;
    this.tensors = tensors;
    this.path = path;
    this.problems = problems;
  }

  String family() {
    return spec.family();
  }

  boolean has(String name) {
    known.add(name);
    return spec.parameters().containsKey(name);
  }

  /** One of several words; there is no default, since the word decides which ids come out. */
  String choice(String name, String... choices) {
    String text = text(name);
    if (text != null && !List.of(choices).contains(text)) {
      problem(name + ": " + text + " (" + Suggestions.of(text, List.of(choices)) + ")");
      return choices[0];
    }
    return text == null ? choices[0] : text;
  }

  String choiceOr(String name, String defaultChoice, String... choices) {
    return has(name) ? choice(name, choices) : defaultChoice;
  }

  /** A text that must be written; null when it is not. */
  String text(String name) {
    Object value = required(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    wrong(name, value, "text");
    return null;
  }

  boolean flagOr(String name, boolean defaultValue) {
    if (!has(name)) {
      return defaultValue;
    }
    Object value = required(name);
    if (value instanceof Boolean flag) {
      return flag;
    }
    wrong(name, value, "true or false");
    return defaultValue;
  }

  int integer(String name, int min, int max) {
    return has(name) || required(name) != null
        ? integer(name, spec.parameters().get(name), min, max)
        : min;
  }

  int integerOr(String name, int defaultValue, int min, int max) {
    return has(name) ? integer(name, min, max) : defaultValue;
  }

  double number(String name) {
    Object value = required(name);
    if (value == null) {
      return 1;
    }
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    wrong(name, value, "a number");
    return 1;
  }

  double numberOr(String name, double defaultValue) {
    return has(name) ? number(name) : defaultValue;
  }

  /** A list of whole numbers that must be written and not empty. */
  int[] integers(String name, int min, int max) {
    List<?> values = list(name);
    int[] integers = new int[values.size()];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = integer(name + "[" + i + "]", values.get(i), min, max);
    }
    return integers;
  }

  /** A list of numbers that must be written and not empty. */
  double[] numbers(String name) {
    List<?> values = list(name);
    double[] numbers = new double[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (values.get(i) instanceof Number number && Double.isFinite(number.doubleValue())) {
        numbers[i] = number.doubleValue();
      } else {
        wrong(name + "[" + i + "]", values.get(i), "a number");
      }
    }
    return numbers;
  }

  /**
   * One number for each of {@code count} places that must be written: one for all, a list, or the
   * name of a tensor with one axis or, for {@code shape} with two, with two.
   */
  double[] numbersPer(String name, int... shape) {
    int count = FamilyQuantizer.product(shape);
    double[] numbers = new double[count];
    if (has(name) && spec.parameters().get(name) instanceof String) {
      Named named = tensor(name, shape.length);
      if (named != null && !Arrays.equals(named.tensor().shape(), shape)) {
        problem(
            named
                + " has the shape "
                + Arrays.toString(named.tensor().shape())
                + " (give "
                + Arrays.toString(shape)
                + ")");
      } else if (named != null) {
        for (int i = 0; i < count; i++) {
          numbers[i] = named.tensor().values()[i];
        }
      }
      return numbers;
    }
    double[] written = numbers(name);
    if (written.length == 1) {
      Arrays.fill(numbers, written[0]);
    } else if (written.length == count) {
      return written;
    } else if (written.length > 0) {
      problem(name + ": " + written.length + " numbers (give 1 or " + count + ")");
    }
    return numbers;
  }

  /** One tensor, or several, that must be named: a name or a list of names. */
  List<Named> tensors(String name, int... ranks) {
    List<Named> found = new ArrayList<>();
    List<?> names = list(name);
    for (int i = 0; i < names.size(); i++) {
      String parameter = names.size() == 1 ? name : name + "[" + i + "]";
      if (names.get(i) instanceof String text) {
        Named tensor = load(parameter, text, ranks);
        if (tensor != null) {
          found.add(tensor);
        }
      } else {
        wrong(parameter, names.get(i), "the name of a tensor");
      }
    }
    return found;
  }

  /** One tensor that must be named; null after a problem. */
  Named tensor(String name, int... ranks) {
    String text = text(name);
    return text == null ? null : load(name, text, ranks);
  }

  /** The reader of one nested quantizer; null after a problem. */
  SpecReader part(String name) {
    Object value = required(name);
    return value == null ? null : part(name, value);
  }

  /** The readers of nested quantizers; an empty list after a problem. */
  List<SpecReader> parts(String name) {
    List<SpecReader> parts = new ArrayList<>();
    List<?> values = list(name);
    for (int i = 0; i < values.size(); i++) {
      SpecReader part = part(name + "[" + i + "]", values.get(i));
      if (part != null) {
        parts.add(part);
      }
    }
    return parts;
  }

  private SpecReader part(String name, Object value) {
    if (value instanceof Map<?, ?> map && map.get("family") instanceof String family) {
      TreeMap<String, Object> parameters = new TreeMap<>();
      map.forEach((key, parameter) -> parameters.put(String.valueOf(key), parameter));
      parameters.remove("family");
      return new SpecReader(
          new QuantizerSpec(family, parameters), tensors, path + name + ".", problems);
    }
    wrong(name, value, "a quantizer: its family and parameters");
    return null;
  }

  /** Notes a problem; {@code message} starts with the parameter's name. */
  void problem(String message) {
    if (!problems.contains(path + message)) {
      problems.add(path + message);
    }
  }

  /** Whether no problem was found yet. */
  boolean clean() {
    return problems.isEmpty();
  }

  /**
   * Notes parameters that nobody asked for.
   *
   * @return whether there is no problem at all: only then may a quantizer be made
   */
  boolean finish() {
    for (String name : spec.parameters().keySet()) {
      if (!known.contains(name)) {
        problem(
            name
                + ": unknown parameter of "
                + spec.family()
                + (known.isEmpty()
                    ? " (it takes none)"
                    : " (" + Suggestions.of(name, known) + ")"));
      }
    }
    return clean();
  }

  /** Throws all problems there are. */
  void throwProblems() {
    if (problems.isEmpty()) {
      return;
    }
    StringBuilder message = new StringBuilder("Cannot use quantizer ").append(spec.family());
    if (problems.size() == 1) {
      throw new IllegalArgumentException(message.append(": ").append(problems.get(0)).toString());
    }
    message.append(": ").append(problems.size()).append(" problems");
    for (String problem : problems.subList(0, Math.min(MAX_SHOWN, problems.size()))) {
      message.append("\n  - ").append(problem);
    }
    throw new IllegalArgumentException(message.toString());
  }

  private Named load(String parameter, String name, int... ranks) {
    FloatTensor tensor;
    try {
      tensor = tensors.apply(name);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      problem(parameter + ": " + e.getMessage());
      return null;
    }
    if (tensor == null) {
      problem(parameter + ": no tensor " + name + " (add it to the bundle)");
      return null;
    }
    Named named = new Named(parameter, name, tensor);
    String fault = TensorChecks.fault(tensor, ranks);
    if (fault != null) {
      problem(named + " " + fault);
      return null;
    }
    return named;
  }

  /** A whole number that was found inside a list. */
  int integer(String name, Object value, int min, int max) {
    if (value instanceof Number number && number.doubleValue() == number.intValue()) {
      int integer = number.intValue();
      if (integer >= min && integer <= max) {
        return integer;
      }
    }
    if (value != null) {
      wrong(name, value, "a whole number from " + min + " to " + max);
    }
    return min;
  }

  /** A list that must be written and not be empty; one value is a list of one. */
  List<?> list(String name) {
    Object value = required(name);
    if (value == null) {
      return List.of();
    }
    List<?> values = value instanceof List<?> list ? list : List.of(value);
    if (values.isEmpty()) {
      wrong(name, value, "at least one value");
    }
    return values;
  }

  private Object required(String name) {
    if (!has(name)) {
      problem(name + ": missing (add it)");
    }
    return spec.parameters().get(name);
  }

  private void wrong(String name, Object value, String expected) {
    problem(name + ": " + value + " (give " + expected + ")");
  }

  /**
   * A tensor and where it was named.
   *
   * @param parameter the parameter that names it
   * @param name its name
   */
  record Named(String parameter, String name, FloatTensor tensor) {
    @Override
    public String toString() {
      return parameter + ": tensor " + name;
    }
  }
}
