package org.tessera.model.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Between JSON nodes and the plain values of step and quantizer parameters. */
final class JsonValues {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonValues() {}

  /**
   * The plain value of a node: {@link Integer}, {@link Long} or {@link Double}, {@link String},
   * {@link Boolean}, {@link List} or {@link SortedMap}.
   */
  static Object toJava(JsonNode node, String place, Problems problems) {
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> number(node, place, problems);
      case ARRAY -> list(node, place, problems);
      case OBJECT -> map(node, place, problems);
      default -> {
        problems.add(place, "give a value, not null (or leave the key out)");
        yield "";
      }
    };
  }

  private static List<Object> list(JsonNode node, String place, Problems problems) {
    List<Object> list = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      list.add(toJava(node.get(i), place + "[" + i + "]", problems));
    }
    return List.copyOf(list);
  }

  private static SortedMap<String, Object> map(JsonNode node, String place, Problems problems) {
    SortedMap<String, Object> map = new TreeMap<>();
    for (String key : JsonFields.keys(node)) {
      map.put(key, toJava(node.get(key), place + "." + key, problems));
    }
    return map;
  }

  private static Number number(JsonNode node, String place, Problems problems) {
    if (node.isIntegralNumber()) {
      if (node.canConvertToInt()) {
        return node.intValue();
      }
      if (node.canConvertToLong()) {
        return node.longValue();
      }
      problems.add(place, "give a number that fits 64 bits, not " + node);
      return 0;
    }
    double value = node.doubleValue();
    if (!Double.isFinite(value)) {
      problems.add(place, "give a number that fits 64 bits, not " + node);
      return 0;
    }
    return value;
  }

  /**
   * The node of a plain value; arrays of primitives are written as lists.
   *
   * @throws IllegalArgumentException for a value that has no place in a manifest
   */
  static JsonNode toNode(Object value) {
    if (value instanceof JsonNode node) {
      return node;
    }
    if (value instanceof String text) {
      return NODES.textNode(text);
    }
    if (value instanceof Boolean flag) {
      return NODES.booleanNode(flag);
    }
    if (value instanceof Number number) {
      return numberNode(number);
    }
    if (value instanceof Iterable<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(toNode(element)));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = NODES.objectNode();
      map.forEach((key, element) -> object.set(String.valueOf(key), toNode(element)));
      return object;
    }
    if (value instanceof int[] ints) {
      return toNode(Arrays.stream(ints).boxed().toList());
    }
    if (value instanceof double[] doubles) {
      return toNode(Arrays.stream(doubles).boxed().toList());
    }
    if (value instanceof float[] floats) {
      List<Object> list = new ArrayList<>(floats.length);
      for (float number : floats) {
        list.add(number);
      }
      return toNode(list);
    }
    throw new IllegalArgumentException(
        "Cannot write a manifest value: "
            + value
            + " (give numbers, texts, booleans, lists or maps of these)");
  }

  private static JsonNode numberNode(Number number) {
    if (number instanceof Byte || number instanceof Short || number instanceof Integer) {
      return NODES.numberNode(number.intValue());
    }
    if (number instanceof Long) {
      return NODES.numberNode(number.longValue());
    }
    // A float is written with the digits that a float needs, so that 0.1f reads as 0.1.
    double value =
        number instanceof Float ? Double.parseDouble(number.toString()) : number.doubleValue();
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "Cannot write a manifest value: " + number + " (give a finite number)");
    }
    return NODES.numberNode(value);
  }
}
