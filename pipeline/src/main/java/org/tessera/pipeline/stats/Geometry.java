package org.tessera.pipeline.stats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.encode.SegmentCodes;

/** What a row's geometry says: how much signal it covers, and where its ids stand. */
public final class Geometry {
  private static final JsonFactory JSON = new JsonFactory();
  private static final ObjectMapper OBJECTS = new ObjectMapper();

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

  /**
   * The positions that ids have along the last axis; null where none are given.
   *
   * @param json the geometry column
   * @throws UncheckedIOException when it is not a JSON object
   */
  public static int[] positions(String json) {
    return SegmentCodes.positions(values(json));
  }

  /**
   * All values by name.
   *
   * @param json the geometry column
   * @throws UncheckedIOException when it is not a JSON object
   */
  public static SortedMap<String, Object> values(String json) {
    try {
      return OBJECTS.readValue(json, new TypeReference<TreeMap<String, Object>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read geometry: " + json, e);
    }
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
