package org.tessera.pipeline.spark.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.TokenizerCatalog;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.stats.Sums;
import org.tessera.pipeline.stats.TokenSplit;
import org.tessera.pipeline.storage.Storage;
import scala.Tuple2;

/** A small input is counted in this process, and the sums are those of tasks. */
class CountedIT {
  private static final TokenLayout LEVELS =
      new TokenLayout(
          List.of("position", "level"), List.of(-1, 2), List.of(8, 16), "level", List.of());

  @TempDir private Path temp;

  private final JavaSparkContext spark =
      new JavaSparkContext(SparkForTests.session().sparkContext());

  @Test
  void countingHereAndByTasksAreTheSame() throws Exception {
    TokenSet tokens = new TokenSet(temp.resolve("out"), LEVELS);
    Random random = new Random(11);
    for (int wave = 0; wave < 3; wave++) {
      List<TokenSet.Line> lines = new ArrayList<>();
      for (int row = 0; row < 40; row++) {
        int[] ids = random.ints(20, 0, 8).toArray();
        float[] errors = {random.nextFloat(), random.nextFloat()};
        lines.add(
            new TokenSet.Line(
                wave + "/" + row,
                ids,
                new int[] {10, 2},
                errors,
                Map.of("label", "l" + row % 5),
                1.5));
      }
      tokens.wave(lines);
    }
    Storage storage = new Storage(tokens.uri(), new Configuration());
    RunManifest run = new Ledger(storage).runs().get(0);
    TokenizerManifest manifest =
        new TokenizerCatalog(storage).find(run.fingerprint()).orElseThrow();
    List<TokenSplit> splits = new ArrayList<>();
    long bytes = 0;
    for (WaveRecord wave : new Ledger(storage).waves(run.runId()).values()) {
      for (WaveRecord.DataFile file : wave.files()) {
        bytes += file.bytes();
        splits.add(
            new TokenSplit(
                run.runId(), wave.wave(), 0, file.bytes(), storage.path(file.path()).toString()));
      }
    }
    List<Grouping> groupings = List.of(Grouping.of(Grouping.ALL), Grouping.of("label"));
    StatsTask task =
        new StatsTask(
            new StatsSettings(
                manifest,
                new StatsFlow.Request(tokens.uri(), "", List.of("label"), "position", 3, 1),
                groupings,
                bytes));

    assertThat(Counted.small(splits, 1)).isTrue();
    try (Counted here = Counted.here(spark, splits, task);
        Counted tasks = Counted.byTasks(spark, splits, task)) {
      assertThat(here.overall().rows()).isEqualTo(120);
      assertThat(here.overall().slot(0).total()).isEqualTo(1200);
      assertThat(Sums.write(here.overall())).isEqualTo(Sums.write(tasks.overall()));
      assertThat(Sums.write(here.corpus())).isEqualTo(Sums.write(tasks.corpus()));
      assertThat(here.corpus().idBytes()).isBetween(120 * 20L * 3 / 8, bytes);
      assertThat(texts(here.groups())).hasSize(5).isEqualTo(texts(tasks.groups()));
      assertThat(here.tuplesHere().orElseThrow())
          .hasSize((int) tasks.tuples().count())
          .hasSizeGreaterThan(4);
    }
  }

  private static Map<String, String> texts(JavaPairRDD<Tuple2<Integer, String>, byte[]> sums) {
    Map<String, String> texts = new HashMap<>();
    sums.collect().forEach(sum -> texts.put(sum._1().toString(), Arrays.toString(sum._2())));
    return texts;
  }

  @Test
  void whatTakesLongerThanAJobIsNotSmall() {
    TokenSplit large = new TokenSplit("run-0001", 1, 0, 20 << 20, "large.parquet");
    TokenSplit tiny = new TokenSplit("run-0001", 1, 0, 1000, "tiny.parquet");
    assertThat(Counted.small(List.of(large), 1)).isFalse();
    assertThat(Counted.small(List.of(tiny, tiny), 1)).isTrue();
    assertThat(Counted.small(java.util.Collections.nCopies(1000, tiny), 1)).isFalse();
  }
}
