package org.tessera.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tessera.udf.frontend.FloatFeatures;

class GroupReaderTest {
  private final Inputs inputs = new Inputs();

  @Test
  void readsInputsInOrderAndClosesThem() {
    List<Object> read = read(100, 40);

    Harvest harvest = (Harvest) read.get(read.size() - 1);
    assertThat(harvest.vectors()).isEqualTo(40);
    List<Float> values = new ArrayList<>();
    for (Object block : read.subList(0, read.size() - 1)) {
      for (float value : ((Block) block).values()) {
        values.add(value);
      }
    }
    assertThat(values).isEqualTo(IntStream.range(0, 40).mapToObj(i -> (float) i).toList());
    assertThat(inputs.mostOpen).isBetween(2, 8);
    assertThat(inputs.open).isZero();
    assertThat(inputs.opened).isEqualTo(40);
  }

  @Test
  void closesWhatItOpenedAndDoesNotNeed() {
    List<Object> read = read(5, 20);

    assertThat(((Harvest) read.get(read.size() - 1)).vectors()).isEqualTo(5);
    assertThat(inputs.opened).isGreaterThan(5);
    assertThat(inputs.open).isZero();
  }

  @Test
  void closesAllWhenTheStorageFails() {
    inputs.failing = "3";
    assertThatThrownBy(() -> read(100, 40))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("Cannot read 3")
        .hasRootCauseMessage("connection reset");
    assertThat(inputs.opened).isGreaterThan(3);
    assertThat(inputs.open).isZero();
  }

  private List<Object> read(int most, int number) {
    FitSpec spec =
        FitSpecParser.parse(
            "test",
            """
            name: x
            modality: eeg
            licence: MIT
            front_end: []
            learn:
              vectors: {kind: rows}
              quantizer: {family: vq, codes: 2}
              training: {max_vectors: %d, block: 16}
            """
                .formatted(most));
    Iterator<String> texts = IntStream.range(0, number).mapToObj(String::valueOf).iterator();
    List<Object> read = new ArrayList<>();
    new GroupReader(new ReadPlan(spec), inputs, 0, texts).forEachRemaining(read::add);
    return read;
  }

  /** One vector of one dimension each, its text's number. */
  private static final class Inputs implements TrainingSource {
    private static final long serialVersionUID = 1L;

    private String failing = "";
    private int opened;
    private int open;
    private int mostOpen;

    @Override
    public Samples open(String input) {
      opened++;
      mostOpen = Math.max(mostOpen, ++open);
      Iterator<Sample> samples =
          Arrays.asList(
                  new Sample(input, new FloatFeatures(new float[] {Float.parseFloat(input)}, 1, 1)))
              .iterator();
      return new Samples() {
        @Override
        public Sample next() throws IOException {
          if (input.equals(failing)) {
            throw new IOException("connection reset");
          }
          return samples.hasNext() ? samples.next() : null;
        }

        @Override
        public void close() {
          open--;
        }
      };
    }
  }
}
