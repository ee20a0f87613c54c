package org.tessera.pipeline.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.model.bundle.TokenLayout;

class FlatteningTest {
  private static final int PAD = -7;
  private static final int SEPARATOR = -8;

  /** Three levels of four steps: id {@code 10 level + step}. */
  private static final TokenLayout LEVEL_TIME =
      new TokenLayout(List.of("level", "time"), List.of(3, -1), List.of(100), "level", List.of());

  private static final TokenLayout TIME_LEVEL =
      new TokenLayout(List.of("time", "level"), List.of(-1, 3), List.of(100), "level", List.of());

  private static final TokenLayout PYRAMID =
      new TokenLayout(List.of("position"), List.of(14), List.of(100), "", List.of(1, 4, 9));

  private static final TokenLayout GRID =
      new TokenLayout(List.of("row", "column"), List.of(2, 3), List.of(100), "", List.of());

  private static int[] flatten(TokenLayout layout, String spec, int[] ids, int... shape) {
    return new Flattening(layout, FlattenSpec.parse(spec)).order(shape).apply(ids, PAD, SEPARATOR);
  }

  private static final int[] LEVELS_FIRST = {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23};
  private static final int[] STEPS_FIRST = {0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23};

  @Test
  void levelMajorAndInterleavedComeOutTheSameFromEitherStorage() {
    assertThat(flatten(LEVEL_TIME, "level-major", LEVELS_FIRST, 3, 4)).isEqualTo(LEVELS_FIRST);
    assertThat(flatten(TIME_LEVEL, "level-major", STEPS_FIRST, 4, 3)).isEqualTo(LEVELS_FIRST);
    assertThat(flatten(LEVEL_TIME, "interleaved", LEVELS_FIRST, 3, 4)).isEqualTo(STEPS_FIRST);
    assertThat(flatten(TIME_LEVEL, "interleaved", STEPS_FIRST, 4, 3)).isEqualTo(STEPS_FIRST);
    assertThat(flatten(TIME_LEVEL, "row-major", STEPS_FIRST, 4, 3)).isEqualTo(STEPS_FIRST);
  }

  @Test
  void delaysLevelKByKStepsAsMusicGenDoes() {
    assertThat(flatten(LEVEL_TIME, "delay", LEVELS_FIRST, 3, 4))
        .containsExactly(0, PAD, PAD, 1, 10, PAD, 2, 11, 20, 3, 12, 21, PAD, 13, 22, PAD, PAD, 23);
    assertThat(flatten(TIME_LEVEL, "delay:delays=0,1,1", STEPS_FIRST, 4, 3))
        .containsExactly(0, PAD, PAD, 1, 10, 20, 2, 11, 21, 3, 12, 22, PAD, 13, 23);
  }

  @Test
  void ordersScalesCoarseFirstAndSeparatesThem() {
    int[] ids = IntStream.range(0, 14).toArray();
    assertThat(flatten(PYRAMID, "scales:separate=scale", ids, 14))
        .containsExactly(
            0, SEPARATOR, 1, 2, 3, 4, SEPARATOR, 5, 6, 7, 8, 9, 10, 11, 12, 13, SEPARATOR);
    assertThat(flatten(PYRAMID, "scales:scale=2", ids, 14)).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void keepsTheFirstLevelsAndSeparatesRows() {
    assertThat(flatten(TIME_LEVEL, "interleaved:level=2", STEPS_FIRST, 4, 3))
        .containsExactly(0, 10, 1, 11, 2, 12, 3, 13);
    assertThat(flatten(GRID, "row-major:separate=row", new int[] {1, 2, 3, 4, 5, 6}, 2, 3))
        .containsExactly(1, 2, 3, SEPARATOR, 4, 5, 6, SEPARATOR);
  }

  private record Case(TokenLayout layout, int... shape) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "row-major",
        "level-major",
        "interleaved",
        "delay",
        "delay:delays=0,2,1",
        "interleaved:separate=time",
        "scales",
        "scales:separate=scale"
      })
  void everyOrderIsInvertible(String spec) {
    Random random = new Random(7);
    TokenLayout scaled =
        new TokenLayout(
            List.of("level", "position"), List.of(3, 14), List.of(100), "level", List.of(1, 4, 9));
    TokenLayout deep =
        new TokenLayout(
            List.of("channel", "level", "time"),
            List.of(-1, 3, -1),
            List.of(100, 50, 100),
            "level",
            List.of());
    List<Case> cases = new ArrayList<>();
    if (spec.startsWith("scales")) {
      cases.add(new Case(PYRAMID, 14));
      cases.add(new Case(scaled, 3, 14));
    } else {
      cases.add(new Case(LEVEL_TIME, 3, 11));
      cases.add(new Case(TIME_LEVEL, 11, 3));
      cases.add(new Case(LEVEL_TIME, 3, 1));
      cases.add(new Case(deep, 5, 3, 7));
    }
    for (Case one : cases) {
      int size = Arrays.stream(one.shape()).reduce(1, (a, b) -> a * b);
      int[] ids = random.ints(size, 0, 100).toArray();
      FlatOrder order = new Flattening(one.layout(), FlattenSpec.parse(spec)).order(one.shape());
      int[] sequence = order.apply(ids, PAD, SEPARATOR);
      assertThat(order.invert(sequence, -1)).isEqualTo(ids);
      assertThat(order.ids()).isEqualTo(size);
      List<Integer> kept = Arrays.stream(sequence).filter(id -> id >= 0).sorted().boxed().toList();
      assertThat(kept).isEqualTo(Arrays.stream(ids).sorted().boxed().toList());
    }
  }

  @Test
  void invertingDroppedLevelsMarksThemAsMissing() {
    FlatOrder order =
        new Flattening(TIME_LEVEL, FlattenSpec.parse("interleaved:level=1"))
            .order(new int[] {2, 3});
    int[] sequence = order.apply(new int[] {0, 10, 20, 1, 11, 21}, PAD, SEPARATOR);
    assertThat(order.invert(sequence, -1)).containsExactly(0, -1, -1, 1, -1, -1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> order.invert(new int[3], -1))
        .withMessage("Cannot restore a sequence of 3 ids: those of this shape have 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sideways | Cannot flatten in order sideways (choose one of row-major, level-major,"
            + " interleaved, delay, scales)",
        "interleaved:level=4 | Cannot keep 4 of level: there are 3 (keep at most that many)",
        "interleaved:level=0 | Cannot keep 0 of level (keep at least 1)",
        "interleaved:voice=1 | Cannot keep by voice: the layout has the axes [time, level]",
        "interleaved:level | Cannot read interleaved:level: level is not a part (give level=N,"
            + " delays=0,1,... or separate=AXIS)",
        "delay:delays=0,1 | Cannot delay 3 levels by [0, 1] (give one delay for each level)",
        "delay:delays=0,x,1 | Cannot read delay:delays=0,x,1: x is not a whole number",
        "interleaved:delays=0,1,2 | Cannot flatten interleaved with delays [0, 1, 2] (choose the"
            + " order delay)",
        "scales | Cannot flatten by scales: the layout [time, level] has none (choose row-major)"
      })
  void saysWhatIsWrongWithASpec(String spec, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Flattening(TIME_LEVEL, FlattenSpec.parse(spec)))
        .withMessage(message);
  }

  @Test
  void refusesSamplesThatLackWhatIsKept() {
    TokenLayout any =
        new TokenLayout(
            List.of("time", "level"),
            List.of(-1, -1),
            Collections.nCopies(8, 100),
            "level",
            List.of());
    Flattening flattening = new Flattening(any, FlattenSpec.parse("interleaved:level=4"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> flattening.order(new int[] {5, 2}))
        .withMessage("Cannot keep 4 of level: there are 2 (keep at most that many)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Flattening(GRID, FlattenSpec.parse("row-major")).order(new int[] {6}))
        .withMessage(
            "Cannot flatten ids of shape [6]: the layout [row, column] has the shape [2, 3] (run"
                + " verify)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> flatten(GRID, "interleaved", new int[6], 2, 3))
        .withMessage(
            "Cannot flatten interleaved: the layout [row, column] has no levels (choose row-major)");
  }

  @Test
  void specsAreWrittenAsTheyAreRead() {
    for (String spec :
        List.of("row-major", "interleaved:level=2", "delay:delays=0,1", "scales:separate=scale")) {
      assertThat(FlattenSpec.parse(spec)).hasToString(spec);
    }
  }
}
