package org.tessera.pipeline.stats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** How much signal a row's geometry says it covers. */
public final class Geometry {
  private static final JsonFactory JSON = new JsonFactory();

  private Geometry() {}

  /**
   * The pixels of an image as the model was given it (cropped, else resized, else as it was), the
   * points of a cloud; 0 for other signals.
   *
   * @param json the geometry column
   */
  public static long units(String json) {
    Map<String, Long> numbers = numbers(json);
    for (String[] names :
        new String[][] {
          {"crop_width", "crop_height"},
          {"resized_width", "resized_height"},
          {"source_width", "source_height"}
        }) {
      if (numbers.containsKey(names[0]) && numbers.containsKey(names[1])) {
        return numbers.get(names[0]) * numbers.get(names[1]);
      }
    }
    return numbers.getOrDefault("points", 0L);
  }

  /** The whole numbers of the outermost object. */
  private static Map<String, Long> numbers(String json) {
    Map<String, Long> numbers = new HashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
          numbers.put(name, parser.getLongValue());
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read geometry: " + json, e);
    }
    return numbers;
  }
}
