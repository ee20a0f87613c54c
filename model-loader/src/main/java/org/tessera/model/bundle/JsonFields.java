package org.tessera.model.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * Strict reading of one JSON object: unknown keys, missing keys and wrong types become problems and
 * a harmless value is returned, so that reading goes on. Not thread-safe.
 */
final class JsonFields {
  private final JsonNode node;
  private final String place;
  private final Problems problems;

  /** Opens an object; {@code known} are all keys it may have. */
  JsonFields(JsonNode node, String place, Problems problems, Collection<String> known) {
    this.node = node;
    this.place = place;
    this.problems = problems;
    if (!node.isObject()) {
      problems.add(
          place, "give an object with " + String.join(", ", known) + ", not " + kind(node));
    }
    for (String key : keys(node)) {
      if (!known.contains(key)) {
        problems.add(at(key), "unknown key (" + Suggestions.of(key, known) + ")");
      }
    }
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  String at(String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  /** Text that must be there. */
  String text(String key) {
    if (!require(key)) {
      return "";
    }
    return text(key, "");
  }

  String text(String key, String defaultValue) {
    if (!has(key)) {
      return defaultValue;
    }
    if (!node.get(key).isTextual()) {
      String given = kind(node.get(key));
      String quoted = node.get(key).isValueNode() ? " (write \"" + given + "\")" : "";
      problems.addUnread(at(key), "give text, not " + given + quoted);
      return "";
    }
    return node.get(key).textValue();
  }

  /** One of several words; the first is returned after a problem. */
  String choice(String key, String defaultValue, List<String> choices) {
    if (defaultValue.isEmpty() && !require(key)) {
      return choices.get(0);
    }
    String text = text(key, defaultValue);
    if (!choices.contains(text)) {
      problems.add(at(key), "unknown value " + text + " (" + Suggestions.of(text, choices) + ")");
      return choices.get(0);
    }
    return text;
  }

  int integer(String key, int defaultValue) {
    if (!has(key)) {
      return defaultValue;
    }
    JsonNode value = node.get(key);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      problems.addUnread(at(key), "give a whole number, not " + kind(value));
      return defaultValue;
    }
    return value.intValue();
  }

  long longInteger(String key, long defaultValue) {
    if (!has(key)) {
      return defaultValue;
    }
    JsonNode value = node.get(key);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      problems.addUnread(at(key), "give a whole number, not " + kind(value));
      return defaultValue;
    }
    return value.longValue();
  }

  /** A number that is a finite 32-bit float. */
  float number(String key, float defaultValue) {
    if (!has(key)) {
      return defaultValue;
    }
    JsonNode value = node.get(key);
    if (!value.isNumber() || !Float.isFinite(value.floatValue())) {
      problems.addUnread(at(key), "give a number, not " + kind(value));
      return defaultValue;
    }
    return value.floatValue();
  }

  /** A number from 0 to 1 that must be there. */
  double probability(String key) {
    if (!require(key)) {
      return 0;
    }
    JsonNode value = node.get(key);
    if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
      problems.addUnread(at(key), "give a number from 0 to 1, not " + kind(value));
      return 0;
    }
    return value.doubleValue();
  }

  /** A list of whole numbers, empty when not written. */
  List<Integer> integers(String key) {
    return list(
        key,
        (value, at) -> {
          if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            problems.addUnread(at, "give a whole number, not " + kind(value));
            return 1;
          }
          return value.intValue();
        });
  }

  /** A list of texts, empty when not written. */
  List<String> texts(String key) {
    return list(
        key,
        (value, at) -> {
          if (!value.isTextual()) {
            problems.addUnread(at, "give text, not " + kind(value));
            return "";
          }
          return value.textValue();
        });
  }

  /** The elements of a list, empty when not written. */
  <T> List<T> list(String key, BiFunction<JsonNode, String, T> element) {
    List<T> values = new ArrayList<>();
    if (!has(key)) {
      return values;
    }
    JsonNode list = node.get(key);
    if (!list.isArray()) {
      problems.addUnread(at(key), "give a list, not " + kind(list));
      return values;
    }
    for (int i = 0; i < list.size(); i++) {
      values.add(element.apply(list.get(i), at(key) + "[" + i + "]"));
    }
    return values;
  }

  /** The entries of an object whose keys are free, empty when not written. */
  <T> SortedMap<String, T> map(String key, BiFunction<JsonNode, String, T> element) {
    SortedMap<String, T> values = new TreeMap<>();
    if (!has(key)) {
      return values;
    }
    JsonNode object = node.get(key);
    if (!object.isObject()) {
      problems.addUnread(at(key), "give an object, not " + kind(object));
      return values;
    }
    for (String name : keys(object)) {
      values.put(name, element.apply(object.get(name), at(key) + "." + name));
    }
    return values;
  }

  /** The node of a key that must be there; a missing node after a problem. */
  JsonNode required(String key) {
    require(key);
    return node.path(key);
  }

  JsonNode optional(String key) {
    return node.path(key);
  }

  boolean require(String key) {
    if (!has(key)) {
      problems.add(at(key), "missing (add it)");
      return false;
    }
    return true;
  }

  static List<String> keys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** A node in the words of a message. */
  static String kind(JsonNode node) {
    if (node.isObject()) {
      return "an object";
    }
    if (node.isArray()) {
      return "a list";
    }
    return node.isMissingNode() ? "nothing" : node.toString();
  }
}
