package org.tessera.pipeline.tokens;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The geometry of a row as JSON: maps, lists and plain values are written as they are met, without
 * a serializer looked up for each. Thread-safe.
 */
final class GeometryJson {
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
              .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
              .build());

  private GeometryJson() {}

  /** What Jackson's own mapper writes, as UTF-8. */
  static byte[] of(Map<String, ?> geometry) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(256);
    try (JsonGenerator out = JSON.getFactory().createGenerator(text)) {
      write(geometry, out);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot write geometry as JSON: " + geometry, e);
    }
    return text.toByteArray();
  }

  private static void write(Object value, JsonGenerator out) throws IOException {
    if (value instanceof Double number) {
      out.writeNumber(number);
    } else if (value instanceof Float number) {
      out.writeNumber(number);
    } else if (value instanceof Integer number) {
      out.writeNumber(number);
    } else if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object element : list) {
        write(element, out);
      }
      out.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName(entry.getKey().toString());
        write(entry.getValue(), out);
      }
      out.writeEndObject();
    } else {
      out.writePOJO(value);
    }
  }
}
