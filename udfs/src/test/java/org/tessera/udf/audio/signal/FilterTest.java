package org.tessera.udf.audio.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FilterTest {
  private static final float[] LEFT = {0.5f, 1, -1, 0.25f};
  private static final float[] RIGHT = {0.5f, 0, -0.5f, 0.75f};

  @Test
  void monoIsTheMeanOfTheChannels() throws Exception {
    Signal mono = new MonoSignal(new ArraySignal(8000, 3, LEFT, RIGHT));
    assertThat(mono.channels()).isEqualTo(1);
    assertThat(ArraySignal.drain(mono, 2)[0]).containsExactly(0.5f, 0.5f, -0.75f, 0.5f);
  }

  @Test
  void scalingMultiplies() throws Exception {
    Signal scaled = new ScaledSignal(new ArraySignal(8000, 3, LEFT, RIGHT), 4);
    assertThat(ArraySignal.drain(scaled, 2)[1]).containsExactly(2, 0, -2, 3);
  }

  @Test
  void paddingAddsZerosOnBothSides() throws Exception {
    Signal padded = new PaddedSignal(new ArraySignal(8000, 3, LEFT), 2, 1);
    assertThat(ArraySignal.drain(padded, 2)[0]).containsExactly(0, 0, 0.5f, 1, -1, 0.25f, 0);
  }

  @Test
  void selectionTakesChannelsInOrder() throws Exception {
    Signal selected = new SelectedSignal(new ArraySignal(8000, 3, LEFT, RIGHT), 1, 0);
    assertThat(ArraySignal.drain(selected, 2)).isDeepEqualTo(new float[][] {RIGHT, LEFT});
    assertThatThrownBy(() -> new SelectedSignal(new ArraySignal(8000, 3, LEFT), 1))
        .hasMessage("Cannot take channel 1: the file has 1 (channels count from 0)");
  }
}
