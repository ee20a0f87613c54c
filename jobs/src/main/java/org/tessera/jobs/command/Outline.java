package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** A JSON summary as indented lines for people. */
final class Outline {
  private static final int INLINE = 100;

  private Outline() {}

  static String of(JsonNode node) {
    StringBuilder text = new StringBuilder();
    append(text, node, "");
    return text.toString().stripTrailing();
  }

  private static void append(StringBuilder text, JsonNode node, String indent) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      JsonNode value = entry.getValue();
      if (value.isValueNode()) {
        text.append(String.format("%s%-18s %s%n", indent, entry.getKey(), value.asText()));
      } else if (value.toString().length() <= INLINE) {
        text.append(String.format("%s%-18s %s%n", indent, entry.getKey(), value));
      } else if (value.isObject()) {
        text.append(indent).append(entry.getKey()).append(System.lineSeparator());
        append(text, value, indent + "  ");
      } else {
        text.append(indent).append(entry.getKey()).append(System.lineSeparator());
        for (JsonNode item : value) {
          String line = item.isValueNode() ? item.asText() : item.toString();
          text.append(indent).append("  - ").append(line).append(System.lineSeparator());
        }
      }
    }
  }
}
