package org.tessera.jobs.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.jobs.StandaloneCluster;
import org.tessera.jobs.Tessera;
import org.tessera.model.bundle.Modality;

/** kill -9 at random moments, then the same call again: the tables are those of a quiet run. */
@Tag("chaos")
class KillIT {
  private static final int KILLS = 20;

  /** For each modality; a run may end before it is killed. */
  private static final int ATTEMPTS = 6;

  /** Of one run's executors; a run may end before. */
  private static final int MOST_KILLS = 8;

  private static final Configuration LOCAL = new Configuration();

  @TempDir private static Path shared;
  private static ChaosCorpus corpus;
  private static SortedMap<String, String> expected;

  @TempDir private Path temp;

  @BeforeAll
  static void quietRun() throws Exception {
    corpus = ChaosCorpus.write(shared);
    String output = shared.resolve("quiet").toString();
    for (Modality modality : Modality.values()) {
      List<String> call = corpus.tokenize(modality, output);
      call.addAll(List.of("--run-id", modality.id(), "--conf", "spark.master=local[2]"));
      assertThat(Tessera.run(call.toArray(String[]::new))).isZero();
    }
    expected = TableRows.of(output, LOCAL);
    long samples =
        expected.values().stream()
            .map(row -> row.replaceAll("(?s).*?uri: (\\S+)\n.*", "$1"))
            .distinct()
            .count();
    assertThat(samples).isGreaterThan(2000);
    assertThat(expected.keySet()).anyMatch(key -> key.startsWith("rejects"));
  }

  @Test
  void driversThatAreKilledLoseAndRepeatNothing() throws Exception {
    Path output = temp.resolve("output");
    Random random = new Random(5);
    SortedMap<Path, String> records = new TreeMap<>();
    int kills = 0;
    for (Modality modality : Modality.values()) {
      List<String> call = corpus.tokenize(modality, output.toString());
      call.addAll(List.of("--run-id", modality.id(), "--conf", "spark.master=local[2]"));
      for (int i = 0; i < ATTEMPTS && kills < KILLS; i++) {
        Path log = temp.resolve(modality.id() + i + ".log");
        TesseraProcess process = TesseraProcess.start(log, call.toArray(String[]::new));
        if (i > 0) {
          // Most kills fall into the work; one of each five into the start.
          process.awaitLog(modality.id() + ": ", 60_000);
        }
        Thread.sleep(random.nextInt(i == 0 ? 6000 : 1500));
        if (process.kill()) {
          kills++;
        }
        records = assertOnlyGrown(output, records);
      }
      Path log = temp.resolve(modality.id() + ".log");
      TesseraProcess last = TesseraProcess.start(log, call.toArray(String[]::new));
      assertThat(last.await()).as(last.log()).isZero();
      records = assertOnlyGrown(output, records);
    }
    System.err.println("drivers killed: " + kills + ", wave records: " + records.size());
    assertThat(kills).isGreaterThanOrEqualTo(KILLS);
    assertWorkRedone(output, records.size(), kills);
    assertThat(TableRows.of(output.toString(), LOCAL)).isEqualTo(expected);
    assertThat(Tessera.run(verify(output))).isZero();
  }

  @Test
  void executorsThatAreKilledLoseAndRepeatNothing() throws Exception {
    Path output = temp.resolve("output");
    Random random = new Random(6);
    int kills = 0;
    try (StandaloneCluster cluster = StandaloneCluster.start(temp.resolve("cluster"), 2, 1)) {
      for (Modality modality : Modality.values()) {
        List<String> call = corpus.tokenize(modality, output.toString());
        call.addAll(List.of("--run-id", modality.id(), "--partitions", "4"));
        kills += killExecutors(cluster, call, modality, random, KILLS - kills);
      }
    }
    System.err.println("executors killed: " + kills);
    assertThat(kills).isGreaterThanOrEqualTo(KILLS);
    assertThat(TableRows.of(output.toString(), LOCAL)).isEqualTo(expected);
    assertThat(Tessera.run(verify(output))).isZero();
  }

  private int killExecutors(
      StandaloneCluster cluster, List<String> call, Modality modality, Random random, int left)
      throws Exception {
    Path log = temp.resolve(modality.id() + "-cluster.log");
    Process driver =
        cluster.begin(
            log,
            List.of(
                "spark.speculation=true",
                "spark.speculation.multiplier=1.2",
                "spark.speculation.quantile=0.5",
                "spark.task.maxFailures=1000",
                "spark.stage.maxConsecutiveAttempts=1000",
                "spark.excludeOnFailure.enabled=false"),
            call);
    int kills = 0;
    while (driver.isAlive() && kills < Math.min(left, MOST_KILLS)) {
      Thread.sleep(800 + random.nextInt(2400));
      List<ProcessHandle> executors = cluster.executors();
      if (driver.isAlive() && !executors.isEmpty()) {
        if (executors.get(random.nextInt(executors.size())).destroyForcibly()) {
          kills++;
        }
      }
    }
    assertThat(driver.waitFor(5, java.util.concurrent.TimeUnit.MINUTES)).isTrue();
    assertThat(driver.exitValue()).as(() -> read(log)).isZero();
    return kills;
  }

  /** Records of committed waves are never changed or taken away. */
  private static SortedMap<Path, String> assertOnlyGrown(Path output, SortedMap<Path, String> known)
      throws IOException {
    SortedMap<Path, String> now = new TreeMap<>();
    for (Path file : files(output.resolve("_tessera/runs"))) {
      if (file.getParent().getFileName().toString().equals("waves")
          && file.toString().endsWith(".json")) {
        now.put(file, Files.readString(file));
      }
    }
    assertThat(now).containsAllEntriesOf(known);
    return now;
  }

  /** Each kill costs one attempt at one wave at most. */
  private static void assertWorkRedone(Path output, int waves, int kills) throws IOException {
    long attempts =
        files(output.resolve("_tessera/runs")).stream()
            .filter(file -> file.toString().contains("/attempts/"))
            .count();
    assertThat(attempts).isBetween((long) waves, (long) waves + kills);
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return new ArrayList<>();
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).toList();
    }
  }

  private static String[] verify(Path output) {
    return new String[] {
      "verify", "--tokens", output.toString(), "--conf", "spark.master=local[2]"
    };
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no log: " + e;
    }
  }
}
