package org.tessera.udf.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.udf.frontend.ByteFeatures;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.Segment;

class BatchSizeTest {
  /**
   * A patch row of EEG, a cloud's patches, an image of 256 x 256, ten seconds of sound, a minute.
   */
  @ParameterizedTest
  @CsvSource({"984, 128", "6144, 85", "196608, 2", "240000, 2", "1440000, 1"})
  void onTheCpuInputsTakeTwoMegabytesAtMostButForOneSample(int floats, int expected) {
    BatchSize size = new BatchSize(EncodeOptions.BY_SIZE, 0, false);

    assertThat(size.of(segment(Map.of(Segment.SIGNAL, floats(floats))))).isEqualTo(expected);
    assertThat(size.most()).isEqualTo(128);
  }

  @Test
  void allInputsCountWithTheirTypes() {
    BatchSize size = new BatchSize(EncodeOptions.BY_SIZE, 0, false);
    Features bytes = new ByteFeatures(new byte[1 << 18], 512, 512);

    assertThat(size.of(segment(Map.of(Segment.SIGNAL, bytes)))).isEqualTo(8);
    assertThat(size.of(segment(Map.of(Segment.SIGNAL, bytes, "mask", floats(1 << 16)))))
        .isEqualTo(4);
    assertThat(size.of(segment(Map.of(Segment.SIGNAL, floats(0))))).isEqualTo(128);
  }

  @Test
  void whatIsAskedForGoesBeforeWhatTheModelWantsAndThatBeforeTheDevice() {
    Segment large = segment(Map.of(Segment.SIGNAL, floats(1 << 20)));

    assertThat(new BatchSize(7, 3, true).of(large)).isEqualTo(7);
    assertThat(new BatchSize(7, 3, true).most()).isEqualTo(7);
    assertThat(new BatchSize(EncodeOptions.BY_SIZE, 3, true).of(large)).isEqualTo(3);
    assertThat(new BatchSize(EncodeOptions.BY_SIZE, 0, true).of(large)).isEqualTo(32);
  }

  private static Features floats(int count) {
    return new FloatFeatures(new float[count], count);
  }

  private static Segment segment(Map<String, Features> inputs) {
    return new Segment(
        0,
        -1,
        0,
        0,
        new TreeMap<>(inputs),
        Collections.emptySortedMap(),
        Collections.emptySortedMap());
  }
}
