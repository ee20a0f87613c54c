package org.tessera.pipeline.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Jackson's mapper is what the rows say. */
class GeometryJsonTest {
  @Test
  void itIsWhatTheMapperWrites() throws JsonProcessingException {
    Map<String, Object> geometry = new TreeMap<>();
    geometry.put("text", "é \" \\ \n \t 中 😀");
    geometry.put("numbers", List.of(1, 2L, 0.1, 1e300, -0.0, 1.5f, (short) 3));
    geometry.put("nan", List.of(Double.NaN, Double.POSITIVE_INFINITY));
    geometry.put("arrays", List.of(new int[] {1, -2}, new float[] {0.1f}, new double[0]));
    geometry.put("nested", Map.of("a", Map.of("b", List.of(List.of(), Map.of()))));
    geometry.put("flag", true);
    geometry.put("nothing", Collections.singletonList(null));

    assertThat(GeometryJson.of(geometry))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(new ObjectMapper().writeValueAsString(geometry));
    assertThat(GeometryJson.of(Map.of())).asString(StandardCharsets.UTF_8).isEqualTo("{}");
  }
}
