package org.tessera.udf.encode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadAheadTest {
  private static final long QUICK = 100_000;
  private static final long SLOW = 50_000_000;

  private final ReadAhead ahead = new ReadAhead(2);

  @Test
  void manyAreFetchedAtOnceUntilTheStorageIsKnown() {
    assertThat(ahead.files()).isEqualTo(32);
    assertThat(ahead.inARow()).isEqualTo(1);
  }

  @Test
  void fewAreFetchedAheadFromQuickStorageAndSeveralInARow() {
    take(ahead, 20, QUICK);

    assertThat(ahead.files()).isEqualTo(8);
    assertThat(ahead.inARow()).isEqualTo(4);
  }

  @Test
  void aRowTakesAboutAMillisecond() {
    take(ahead, 50, 400_000);

    assertThat(ahead.files()).isEqualTo(8);
    assertThat(ahead.inARow()).isEqualTo(2);
  }

  @Test
  void storageThatBecomesSlowIsAskedForManyAgain() {
    take(ahead, 20, QUICK);
    take(ahead, 1, SLOW);

    assertThat(ahead.files()).isEqualTo(32);
    assertThat(ahead.inARow()).isEqualTo(1);

    take(ahead, 20, QUICK);

    assertThat(ahead.files()).isEqualTo(8);
  }

  @Test
  void everyComputeThreadHasWork() {
    ReadAhead wide = new ReadAhead(6);
    ReadAhead wider = new ReadAhead(64);
    take(wide, 20, QUICK);
    take(wider, 20, QUICK);

    assertThat(wide.files()).isEqualTo(24);
    assertThat(wider.files()).isEqualTo(128);
  }

  @Test
  void fetchesThatTakeNoTimeAreStillCounted() {
    take(ahead, 200, 0);

    assertThat(ahead.inARow()).isEqualTo(4);
  }

  private static void take(ReadAhead ahead, int times, long nanos) {
    for (int i = 0; i < times; i++) {
      ahead.took(nanos);
    }
  }
}
