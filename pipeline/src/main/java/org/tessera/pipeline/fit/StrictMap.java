package org.tessera.pipeline.fit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tessera.model.bundle.Suggestions;

/**
 * Typed, strict reading of one mapping of a configuration file. A wrong value is noted with its
 * place and replaced by one that lets the reading go on, so that all problems come out together.
 * Read every key that is known, then call {@link #finish}. Not thread-safe.
 */
final class StrictMap {
  private final String place;
  private final Map<?, ?> values;
  private final List<String> problems;
  private final SortedSet<String> known = new TreeSet<>();

  StrictMap(String place, Map<?, ?> values, List<String> problems) {
    this.place = place;
    this.values = values;
    this.problems = problems;
  }

  boolean has(String key) {
    known.add(key);
    return values.get(key) != null;
  }

  /** Every key as it is written, in the order of the file. */
  Collection<?> keys() {
    return values.keySet();
  }

  /** The value as it is, or null; the key becomes a known one. */
  Object raw(String key) {
    known.add(key);
    return values.get(key);
  }

  String text(String key) {
    return has(key) ? text(key, "") : missing(key, "");
  }

  String text(String key, String otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    Object value = values.get(key);
    if (value instanceof String text && !text.isBlank()) {
      return text;
    }
    if (value instanceof Number) {
      return value.toString();
    }
    return wrong(key, value, "text", otherwise);
  }

  String choice(String key, Collection<String> choices) {
    return has(key) ? choice(key, "", choices) : missing(key, "");
  }

  /** One of several words; the empty word when it is wrong. */
  String choice(String key, String otherwise, Collection<String> choices) {
    if (!has(key)) {
      return otherwise;
    }
    String word = String.valueOf(values.get(key));
    if (choices.contains(word)) {
      return word;
    }
    problems.add(at(key) + ": " + word + " (" + Suggestions.of(word, choices) + ")");
    return "";
  }

  int integer(String key, int least, int most) {
    return has(key) ? integer(key, least, least, most) : missing(key, least);
  }

  int integer(String key, int otherwise, int least, int most) {
    return (int) whole(key, otherwise, least, most);
  }

  long whole(String key, long otherwise, long least, long most) {
    if (!has(key)) {
      return otherwise;
    }
    Object value = values.get(key);
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      if (number >= least && number <= most) {
        return number;
      }
    }
    return wrong(key, value, "a whole number from " + least + " to " + most, otherwise);
  }

  double number(String key, double otherwise, double least, double most) {
    if (!has(key)) {
      return otherwise;
    }
    Object value = values.get(key);
    if (value instanceof Number number
        && number.doubleValue() >= least
        && number.doubleValue() <= most) {
      return number.doubleValue();
    }
    return wrong(key, value, "a number from " + least + " to " + most, otherwise);
  }

  /** A list of whole numbers that must be there and not be empty. */
  List<Integer> integers(String key, int least, int most) {
    List<Integer> numbers = new ArrayList<>();
    if (!has(key)) {
      return missing(key, List.of(least));
    }
    Object value = values.get(key);
    for (Object element : value instanceof List<?> list ? list : List.of(value)) {
      if (element instanceof Integer number && number >= least && number <= most) {
        numbers.add(number);
      } else {
        return wrong(key, value, "whole numbers from " + least + " to " + most, List.of(least));
      }
    }
    return numbers.isEmpty() ? wrong(key, value, "at least one number", List.of(least)) : numbers;
  }

  /** A mapping inside this one; an empty mapping when it is not there or wrong. */
  StrictMap map(String key) {
    Object value = has(key) ? values.get(key) : Map.of();
    if (!(value instanceof Map<?, ?>)) {
      value = wrong(key, value, "a mapping", Map.of());
    }
    return new StrictMap(at(key), (Map<?, ?>) value, problems);
  }

  /** A list of mappings that must be there; it may be empty. */
  List<StrictMap> maps(String key) {
    List<StrictMap> maps = new ArrayList<>();
    Object value = has(key) ? values.get(key) : missing(key, List.of());
    if (!(value instanceof List<?>)) {
      value = wrong(key, value, "a list", List.of());
    }
    for (Object element : (List<?>) value) {
      String at = at(key) + "[" + maps.size() + "]";
      if (element instanceof Map<?, ?> map) {
        maps.add(new StrictMap(at, map, problems));
      } else {
        problems.add(at + ": " + element + " (give a mapping)");
      }
    }
    return maps;
  }

  /** Notes every key that nobody asked for. */
  void finish() {
    for (Object key : values.keySet()) {
      if (!known.contains(String.valueOf(key))) {
        problems.add(
            at(String.valueOf(key))
                + ": unknown key ("
                + Suggestions.of(String.valueOf(key), known)
                + ")");
      }
    }
  }

  void problem(String key, String text) {
    problems.add(at(key) + ": " + text);
  }

  private String at(String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  private <T> T missing(String key, T otherwise) {
    problems.add(at(key) + ": missing (add it)");
    return otherwise;
  }

  private <T> T wrong(String key, Object value, String expected, T otherwise) {
    problems.add(at(key) + ": " + value + " (give " + expected + ")");
    return otherwise;
  }
}
