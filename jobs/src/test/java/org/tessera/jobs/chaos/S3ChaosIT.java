package org.tessera.jobs.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.jobs.Tessera;
import org.tessera.jobs.chaos.FaultProxy.Fault;
import org.tessera.udf.image.demo.DemoImages;

/** The main job from and to an S3 endpoint that fails in all the ways that endpoints do. */
@Tag("chaos")
class S3ChaosIT {
  private static final String BUCKET = "lake";
  private static final int IMAGES = 120;

  /** How often S3A repeats an operation, and how often its client sends a request of one. */
  private static final int RETRIES = 6;

  private static final int ATTEMPTS = 4;
  private static final int OPERATION_TRIES = (RETRIES + 1) * ATTEMPTS;
  private static final int LEASE_SECONDS = 8;

  @TempDir private static Path shared;
  @TempDir private Path temp;

  private static S3Server server;
  private static FaultProxy proxy;
  private static Configuration hadoop;
  private static SortedMap<String, String> expected;

  @BeforeAll
  static void quietRun() throws Exception {
    server = S3Server.start(shared, List.of(BUCKET));
    proxy = FaultProxy.before(server.port());
    hadoop = new Configuration();
    settings().forEach(hadoop::set);
    Path images = Files.createDirectories(shared.resolve("images"));
    DemoImages.write(images, IMAGES, 3);
    Files.writeString(images.resolve("bad.png"), "no image");
    FileSystem lake = new org.apache.hadoop.fs.Path("s3a://lake/").getFileSystem(hadoop);
    lake.copyFromLocalFile(
        new org.apache.hadoop.fs.Path(images.toUri()),
        new org.apache.hadoop.fs.Path("s3a://lake/images"));
    Path spec = shared.resolve("image.yaml");
    try (var in = Tessera.class.getResourceAsStream("demo/image.yaml")) {
      Files.write(spec, in.readAllBytes());
    }
    assertThat(
            Tessera.run(
                "fit",
                "--spec",
                spec.toString(),
                "--input",
                images.toString(),
                "--output",
                shared.resolve("image.bundle").toString(),
                "--conf",
                "spark.master=local[2]"))
        .isZero();
    Outcome quiet = tokenize("s3a://lake/quiet");
    assertThat(quiet.code).as(quiet.log).isZero();
    expected = TableRows.of("s3a://lake/quiet", hadoop);
    assertThat(expected).hasSizeGreaterThan(IMAGES);
  }

  @AfterAll
  static void stop() throws IOException {
    proxy.close();
    server.close();
  }

  @BeforeEach
  void calm() {
    proxy.spoil(0, 0, Fault.NONE);
  }

  @Test
  void oneOfTenRequestsFailsAndTheTablesAreTheSame() throws Exception {
    int before = proxy.faults();
    proxy.spoil(
        0.1, 11, Fault.SLOW_DOWN, Fault.INTERNAL_ERROR, Fault.RESET, Fault.TRUNCATED, Fault.SLOW);
    Outcome outcome = tokenize("s3a://lake/faults");
    proxy.spoil(0, 0, Fault.NONE);

    assertThat(outcome.code).as(outcome.log).isZero();
    assertThat(proxy.faults() - before).isGreaterThan(30);
    assertThat(TableRows.of("s3a://lake/faults", hadoop)).isEqualTo(expected);
    assertThat(run("verify", "--tokens", "s3a://lake/faults").code).isZero();
  }

  /** While one of twenty requests fails, an export on S3 is to the byte what a local one is. */
  @ParameterizedTest
  @ValueSource(strings = {"hf", "webdataset"})
  void exportsAreThoseOnALocalDisk(String format) throws Exception {
    String remote = "s3a://lake/export-" + format;
    Path local = temp.resolve(format);
    proxy.spoil(0.05, 17, Fault.SLOW_DOWN, Fault.INTERNAL_ERROR, Fault.RESET);
    Outcome outcome = export(format, remote);
    proxy.spoil(0, 0, Fault.NONE);

    assertThat(outcome.code).as(outcome.log).isZero();
    assertThat(export(format, local.toString()).code).isZero();
    SortedMap<String, byte[]> files = exported(remote);
    assertThat(files).hasSizeGreaterThan(3).containsKey("vocabulary.json");
    SortedMap<String, byte[]> expectedFiles = exported(local.toUri().toString());
    assertThat(files.keySet()).isEqualTo(expectedFiles.keySet());
    files.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expectedFiles.get(name)));
    assertThat(export(format, remote).code).isZero();
    assertThat(exported(remote).keySet()).isEqualTo(files.keySet());
  }

  private static Outcome export(String format, String output) {
    return run(
        "export",
        "--tokens",
        "s3a://lake/quiet",
        "--format",
        format,
        "--output",
        output,
        "--shard-samples",
        "40");
  }

  /** What an export's reader sees: all files but those that say how it was made. */
  private static SortedMap<String, byte[]> exported(String root) throws IOException {
    org.apache.hadoop.fs.Path folder = new org.apache.hadoop.fs.Path(root);
    FileSystem fileSystem = folder.getFileSystem(hadoop);
    String prefix = fileSystem.makeQualified(folder) + "/";
    SortedMap<String, byte[]> files = new TreeMap<>();
    var listed = fileSystem.listFiles(folder, true);
    while (listed.hasNext()) {
      org.apache.hadoop.fs.Path file = listed.next().getPath();
      String name = file.toString().substring(prefix.length());
      if (!name.startsWith("_tessera/") && !name.startsWith("_SUCCESS")) {
        try (var in = fileSystem.open(file)) {
          files.put(name, in.readAllBytes());
        }
      }
    }
    return files;
  }

  @Test
  void whenAllRequestsFailTheErrorIsClearAndNothingIsHalfDone() throws Exception {
    AtomicInteger waves = new AtomicInteger();
    Map<String, Integer> failed = new ConcurrentHashMap<>();
    proxy.choose(
        (method, path) -> {
          if (method.equals("PUT") && path.contains("/waves/0000")) {
            waves.incrementAndGet();
          }
          if (waves.get() < 2) {
            return Fault.NONE;
          }
          failed.merge(method + " " + path, 1, Integer::sum);
          return Fault.INTERNAL_ERROR;
        });
    long start = System.nanoTime();
    Outcome outcome = tokenize("s3a://lake/broken");
    double seconds = (System.nanoTime() - start) / 1e9;
    proxy.spoil(0, 0, Fault.NONE);

    assertThat(outcome.code).isEqualTo(1);
    // The settings give an operation so many requests, and Spark a task so many attempts; the lease
    // is renewed four times in its time, as long as the run goes on.
    int renewals = (int) (4 * seconds / LEASE_SECONDS) + 1;
    assertThat(failed)
        .isNotEmpty()
        .allSatisfy(
            (request, times) ->
                assertThat(times)
                    .as(request)
                    .isBetween(1, OPERATION_TRIES * (isOfLease(request) ? 4 + renewals : 4)));
    assertThat(failed.keySet()).as("the wave's record too").anyMatch(it -> !isOfLease(it));
    assertThat(outcome.log).contains("tessera tokenize: ").contains("Status Code: 500");
    SortedMap<String, String> rows = TableRows.of("s3a://lake/broken", hadoop);
    assertThat(expected).containsAllEntriesOf(rows);
    assertThat(tokenize("s3a://lake/broken").code).isZero();
    assertThat(TableRows.of("s3a://lake/broken", hadoop)).isEqualTo(expected);
    assertThat(run("verify", "--tokens", "s3a://lake/broken").code).isZero();
  }

  private static boolean isOfLease(String request) {
    return request.replace("%2F", "/").contains("_tessera/lease");
  }

  @Test
  void theCommitterIsCheckedBeforeTheFirstWrite() throws Exception {
    assertThat(tokenize("s3a://lake/unsafe", "spark.hadoop.fs.s3a.committer.name=directory").log)
        .contains("Cannot write to s3a://lake/unsafe safely: Hadoop chose")
        .contains("fs.s3a.committer.name");
    assertThat(
            tokenize(
                    "s3a://lake/unsafe",
                    "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a="
                        + "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory")
                .log)
        .contains("Cannot write to s3a://lake/unsafe safely: Hadoop chose FileOutputCommitter");
    org.apache.hadoop.fs.Path unsafe = new org.apache.hadoop.fs.Path("s3a://lake/unsafe");
    assertThat(unsafe.getFileSystem(hadoop).exists(unsafe)).isFalse();
  }

  @Test
  void aPrefixWithoutDeletePermissionIsRefusedBeforeTheFirstWave() throws Exception {
    proxy.choose(
        (method, path) ->
            method.equals("DELETE") || (method.equals("POST") && path.contains("?delete"))
                ? Fault.DENIED
                : Fault.NONE);

    Outcome outcome = tokenize("s3a://lake/kept");

    assertThat(outcome.code).isEqualTo(1);
    assertThat(outcome.log)
        .contains("Cannot delete below s3a://lake/kept")
        .contains("grant the permission to delete there");
    assertThat(TableRows.of("s3a://lake/kept", hadoop)).isEmpty();
  }

  @Test
  void ofTwoDriversAtOnceOneWins() throws Exception {
    List<TesseraProcess> drivers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      drivers.add(
          TesseraProcess.start(temp.resolve("driver" + i + ".log"), call("s3a://lake/contested")));
    }
    List<Integer> codes = List.of(drivers.get(0).await(), drivers.get(1).await());

    String logs = drivers.get(0).log() + drivers.get(1).log();
    assertThat(codes).as(logs).contains(0);
    // The second may also come when the first is done, and has nothing to do.
    if (codes.contains(1)) {
      assertThat(logs).contains("Cannot write to s3a://lake/contested: tessera tokenize");
    }
    assertThat(TableRows.of("s3a://lake/contested", hadoop)).isEqualTo(expected);
    assertThat(run("verify", "--tokens", "s3a://lake/contested").code).isZero();
  }

  @Test
  void credentialsAreNowhere() throws Exception {
    FileSystem lake = new org.apache.hadoop.fs.Path("s3a://lake/").getFileSystem(hadoop);
    var objects = lake.listFiles(new org.apache.hadoop.fs.Path("s3a://lake/"), true);
    int seen = 0;
    while (objects.hasNext()) {
      org.apache.hadoop.fs.Path object = objects.next().getPath();
      try (var in = lake.open(object)) {
        String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(text.contains(S3Server.SECRET_KEY)).as(object.toString()).isFalse();
        assertThat(text.contains(S3Server.ACCESS_KEY)).as(object.toString()).isFalse();
      }
      seen++;
    }
    assertThat(seen).isGreaterThan(IMAGES);
    Outcome again = tokenize("s3a://lake/quiet", "spark.logConf=true");
    assertThat(again.log).doesNotContain(S3Server.SECRET_KEY);
  }

  private record Outcome(int code, String log) {}

  private static Outcome tokenize(String output, String... conf) {
    return run(conf, call(output));
  }

  private static String[] call(String output) {
    List<String> call =
        new ArrayList<>(
            List.of(
                "tokenize",
                "--input",
                "s3a://lake/images",
                "--tokenizer",
                shared.resolve("image.bundle").toString(),
                "--output",
                output,
                "--wave-inputs",
                "40",
                "--run-id",
                "once"));
    sparkSettings().forEach(setting -> call.addAll(List.of("--conf", setting)));
    return call.toArray(String[]::new);
  }

  private static Outcome run(String... arguments) {
    List<String> call = new ArrayList<>(List.of(arguments));
    sparkSettings().forEach(setting -> call.addAll(List.of("--conf", setting)));
    return run(new String[0], call.toArray(String[]::new));
  }

  private static Outcome run(String[] conf, String[] arguments) {
    List<String> call = new ArrayList<>(List.of(arguments));
    for (String setting : conf) {
      call.addAll(List.of("--conf", setting));
    }
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      return new Outcome(
          Tessera.run(call.toArray(String[]::new)), log.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(before);
    }
  }

  private static List<String> sparkSettings() {
    List<String> list =
        new ArrayList<>(
            List.of("spark.master=local[2,4]", "spark.tessera.lease.seconds=" + LEASE_SECONDS));
    settings().forEach((key, value) -> list.add("spark.hadoop." + key + "=" + value));
    return list;
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>(S3Server.settings(BUCKET, proxy.port()));
    settings.put("fs.s3a.retry.interval", "100ms");
    settings.put("fs.s3a.retry.throttle.interval", "100ms");
    settings.put("fs.s3a.retry.limit", Integer.toString(RETRIES));
    settings.put("fs.s3a.attempts.maximum", Integer.toString(ATTEMPTS));
    settings.put("fs.s3a.connection.timeout", "15s");
    return settings;
  }
}
