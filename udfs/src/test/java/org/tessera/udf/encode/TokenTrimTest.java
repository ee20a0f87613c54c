package org.tessera.udf.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.model.engine.ModelException;

class TokenTrimTest {
  /** A segment with 172 tokens of which 142 are its own: basic-pitch's. */
  private static TreeMap<String, Object> geometry(int number, Long end) {
    TreeMap<String, Object> geometry =
        new TreeMap<>(
            Map.of(
                "trim_front",
                15,
                "trim_back",
                15,
                "segment_hop",
                36_164,
                "segment_number",
                number));
    if (end != null) {
      geometry.put("signal_end", end);
    }
    return geometry;
  }

  @Test
  void aFullSegmentGivesWhatLiesBetweenItsEnds() {
    assertThat(TokenTrim.of(geometry(3, null), new int[] {172}, 0))
        .isEqualTo(new TokenTrim(15, 142));
  }

  /** int(frames / 36164 * 142) tokens in all, as the authors count them. */
  @ParameterizedTest
  @CsvSource({"1, 200571, 142", "5, 200571, 77", "6, 200571, 0", "0, 100, 0", "0, 255, 1"})
  void theSignalsEndDecidesHowManyTheLastOnesGive(int number, long end, int kept) {
    assertThat(TokenTrim.of(geometry(number, end), new int[] {172}, 0).kept()).isEqualTo(kept);
  }

  @Test
  void otherAxesStay() {
    int[] shape = {2, 5, 3};
    int[] ids = IntStream.range(0, 30).toArray();

    assertThat(new TokenTrim(1, 2).apply(ids, shape, 1))
        .containsExactly(3, 4, 5, 6, 7, 8, 18, 19, 20, 21, 22, 23);
  }

  @Test
  void aLayoutThatDoesNotFitIsAnError() {
    assertThatThrownBy(() -> TokenTrim.of(geometry(0, null), new int[] {30}, 0))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Cannot drop 15 tokens in front and 15 at the back")
        .hasMessageContaining("it has 30");
    assertThatThrownBy(() -> TokenTrim.of(geometry(0, null), new int[] {172}, -1))
        .hasMessageContaining("no axis time");
  }
}
