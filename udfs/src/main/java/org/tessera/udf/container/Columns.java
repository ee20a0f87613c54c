package org.tessera.udf.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * Pass-through columns from the files beside a sample: {@code .json} gives one column a key, {@code
 * .txt} and {@code .cls} one each.
 */
final class Columns {
  private static final Set<String> EXTENSIONS = Set.of("json", "txt", "cls");
  private static final int LONGEST = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Columns() {}

  /** Whether a member holds columns rather than a signal. */
  static boolean holds(String name) {
    return EXTENSIONS.contains(MemberNames.extension(name));
  }

  /** Adds a member's columns; what cannot be read as JSON becomes the one column {@code json}. */
  static void add(Archive.Member member, Map<String, String> columns) {
    if (member.content().length > LONGEST) {
      return;
    }
    String text = new String(member.content(), StandardCharsets.UTF_8);
    String extension = MemberNames.extension(member.name());
    if (extension.equals("json")) {
      try {
        JsonNode node = JSON.readTree(text);
        if (node.isObject()) {
          for (Map.Entry<String, JsonNode> entry : node.properties()) {
            JsonNode value = entry.getValue();
            if (!value.isNull()) {
              columns.put(entry.getKey(), value.isValueNode() ? value.asText() : value.toString());
            }
          }
          return;
        }
      } catch (JsonProcessingException e) {
        // Kept as it is.
      }
    }
    columns.put(extension, text.strip());
  }
}
