package org.tessera.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.jobs.chaos.TableRows;
import org.tessera.udf.image.demo.DemoImages;

/** The main job on a real cluster, brought by spark-submit, gives what one process gives. */
@Tag("cluster")
class ClusterIT {
  private static final int WORKERS = 2;

  @TempDir private static Path shared;

  private static Path images;
  private static Path bundle;
  private static SortedMap<String, String> expected;
  private static StandaloneCluster cluster;

  @TempDir private Path temp;

  @BeforeAll
  static void oneProcess() throws Exception {
    images = Files.createDirectories(shared.resolve("images"));
    DemoImages.write(images, 60, 7);
    Path spec = shared.resolve("image.yaml");
    try (var in = Tessera.class.getResourceAsStream("demo/image.yaml")) {
      Files.write(spec, in.readAllBytes());
    }
    bundle = shared.resolve("image.bundle");
    assertThat(
            Tessera.run(
                "fit",
                "--spec",
                spec.toString(),
                "--input",
                images.toString(),
                "--output",
                bundle.toString(),
                "--conf",
                "spark.master=local[2]"))
        .isZero();
    Path local = shared.resolve("local");
    assertThat(Tessera.run(tokenize(local, 1, 32).toArray(String[]::new))).isZero();
    expected = rows(local);
    assertThat(expected).hasSizeGreaterThan(50);
    cluster = StandaloneCluster.start(shared.resolve("cluster"), WORKERS, 1);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void rowsAreTheSameOnAClusterAndInOneProcess() throws Exception {
    for (int[] setting : new int[][] {{1, 32}, {7, 1}, {7, 32}}) {
      Path out = temp.resolve("cluster-" + setting[0] + "-" + setting[1]);
      submit(List.of(), tokenize(out, setting[0], setting[1]));
      assertThat(rows(out)).isEqualTo(expected);
    }
    submit(List.of(), List.of("verify", "--tokens", temp.resolve("cluster-7-1").toString()));
  }

  @Test
  void aDecoderThatBreaksItsProcessCostsOneSampleAndNotTheRun() throws Exception {
    Path broken = Files.createDirectories(temp.resolve("broken"));
    Path abort = broken.resolve("abort.png");
    Files.writeString(abort, AbortAgent.MARK + " and then nothing more");
    Path out = temp.resolve("crash");
    List<String> call = tokenize(out, 4, 32);
    call.addAll(List.of("--input", broken.toString(), "--wave-inputs", "40"));
    int before = cluster.executorsStarted();

    // Executors and the processes that they start to decode in take this from their environment.
    submit(
        List.of(
            "spark.executorEnv.JAVA_TOOL_OPTIONS="
                + AbortAgent.option(temp)
                + " -XX:-CreateCoredumpOnCrash"),
        call);

    assertThat(cluster.executorsStarted() - before).as("executors").isGreaterThan(WORKERS);
    SortedMap<String, String> rows = new TreeMap<>(rows(out));
    List<String> crashed =
        rows.keySet().stream().filter(k -> rows.get(k).contains(uri(abort))).toList();
    assertThat(crashed).hasSize(1);
    assertThat(crashed.get(0)).startsWith("rejects ");
    assertThat(rows.remove(crashed.get(0)))
        .contains(
            "phase: decode", "code: CRASHED", "Cannot decode: the decoder crashed its process");
    assertThat(rows).isEqualTo(expected);
    submit(List.of(), List.of("verify", "--tokens", out.toString()));
  }

  private void submit(List<String> settings, List<String> arguments) throws Exception {
    Path log = Files.createTempFile(temp, "submit-", ".log");
    Process driver = cluster.begin(log, settings, arguments);
    try {
      assertThat(driver.waitFor(10, TimeUnit.MINUTES)).isTrue();
    } finally {
      driver.destroyForcibly();
    }
    assertThat(driver.exitValue()).as(() -> read(log)).isZero();
  }

  private static List<String> tokenize(Path out, int tasks, int batch) {
    return new ArrayList<>(
        List.of(
            "tokenize",
            "--input",
            images.toString(),
            "--tokenizer",
            bundle.toString(),
            "--output",
            out.toString(),
            "--partitions",
            Integer.toString(tasks),
            "--batch",
            Integer.toString(batch),
            "--run-id",
            "once"));
  }

  private static SortedMap<String, String> rows(Path out) throws Exception {
    return TableRows.of(out.toString(), new Configuration());
  }

  private static String uri(Path file) {
    return "file:" + file;
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (java.io.IOException e) {
      return "no log: " + e;
    }
  }
}
