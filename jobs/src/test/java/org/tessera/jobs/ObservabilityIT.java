package org.tessera.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.spark.Progress;
import org.tessera.pipeline.spark.TokenizeFlow;
import org.tessera.pipeline.spark.TokenizeListener;
import org.tessera.pipeline.spark.TokenizeRequest;
import org.tessera.udf.image.demo.DemoImages;

/**
 * What a run tells those who watch it, with the settings of conf: metrics, dashboard, logs, Spark's
 * UI.
 */
class ObservabilityIT {
  private static final Path CONF = Path.of("..", "conf");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path temp;

  private static final Scrapes SCRAPES = new Scrapes();
  private static final Lines LINES = new Lines();

  @BeforeAll
  static void run() throws Exception {
    Path images = Files.createDirectories(temp.resolve("images"));
    DemoImages.write(images, 20, 5);
    Path spec = temp.resolve("image.yaml");
    try (var in = Tessera.class.getResourceAsStream("demo/image.yaml")) {
      Files.write(spec, in.readAllBytes());
    }
    String bundle = temp.resolve("image.bundle").toString();
    assertThat(
            Tessera.run(
                "fit", "--spec", spec.toString(), "--input", images.toString(), "--output", bundle))
        .isZero();
    Logger logger = (Logger) org.apache.logging.log4j.LogManager.getLogger("org.tessera.pipeline");
    Level level = logger.getLevel();
    LINES.start();
    logger.addAppender(LINES);
    LoggerContext context = logger.getContext();
    org.apache.logging.log4j.core.config.Configurator.setLevel(
        "org.tessera.pipeline.spark.WaveRunner", Level.INFO);
    org.apache.logging.log4j.core.config.Configurator.setLevel(
        "org.tessera.pipeline.spark.WaveTask", Level.DEBUG);
    try (SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "true")
            .config("spark.ui.port", "0")
            .config("spark.ui.prometheus.enabled", "true")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.metrics.conf", CONF.resolve("spark/metrics.properties").toString())
            .config("spark.metrics.namespace", "tessera")
            .getOrCreate()) {
      SCRAPES.session = session;
      TokenizeRequest request =
          TokenizeRequest.of(List.of(images.toString()), bundle, temp.resolve("tokens").toString())
              .waveInputs(14)
              .build();
      new TokenizeFlow(session, request, SCRAPES).run();
    } finally {
      logger.removeAppender(LINES);
      logger.setLevel(level);
      context.reconfigure();
    }
  }

  @Test
  void countersOfTheJobAreWhatIsCommitted() {
    assertThat(SCRAPES.value("metrics_tessera_driver_tessera_job_samples_Count"))
        .isEqualTo(SCRAPES.samples)
        .isGreaterThan(10);
    assertThat(SCRAPES.value("metrics_tessera_driver_tessera_job_waves_Count")).isEqualTo(2);
    assertThat(SCRAPES.value("metrics_tessera_driver_tessera_job_waves_done_Count")).isEqualTo(1);
  }

  @Test
  void everyMetricOfTheDashboardIsThere() throws IOException {
    JsonNode dashboard = JSON.readTree(CONF.resolve("grafana/tessera.json").toFile());
    List<String> queries = new ArrayList<>(dashboard.findValuesAsText("expr"));
    dashboard.path("templating").path("list").forEach(v -> queries.add(v.path("query").asText()));
    Set<String> wanted =
        queries.stream()
            .flatMap(query -> Pattern.compile("metrics_\\w+").matcher(query).results())
            .map(MatchResult::group)
            .collect(Collectors.toSet());

    assertThat(wanted).hasSizeGreaterThan(15);
    assertThat(SCRAPES.names()).containsAll(wanted);
    assertThat(queries.stream().filter(query -> !query.contains("metrics_")))
        .containsExactly("prometheus");
  }

  @Test
  void sparksUiSaysWhichWaveAJobIs() {
    assertThat(SCRAPES.jobs.findValuesAsText("description")).contains("wave 1/2: 14 image inputs");
    assertThat(SCRAPES.jobs.findValuesAsText("jobGroup")).contains("tessera run-0001");
  }

  @Test
  void structuredLogsTellTheRunAndTheWave() throws IOException {
    LoggerContext json =
        new LoggerContext("json", null, CONF.resolve("logging/log4j2-json.properties").toUri());
    json.start();
    List<JsonNode> lines = new ArrayList<>();
    for (LogEvent event : LINES.events) {
      byte[] line = json.getConfiguration().getAppender("stderr").getLayout().toByteArray(event);
      assertThat(new String(line, StandardCharsets.UTF_8).strip()).doesNotContain("\n");
      lines.add(JSON.readTree(line));
    }
    json.stop();

    // The driver's line of each wave, and those of the tasks.
    assertThat(lines.stream().filter(line -> line.path("message").asText().startsWith("Wave ")))
        .extracting(line -> line.path("run_id").asText() + " " + line.path("wave").asText())
        .containsExactly("run-0001 1", "run-0001 2");
    assertThat(lines.stream().filter(line -> line.path("message").asText().startsWith("Task ")))
        .isNotEmpty()
        .allMatch(line -> line.path("run_id").asText().equals("run-0001"))
        .allMatch(line -> line.path("wave").asText().matches("[12]"))
        .allMatch(line -> line.path("@timestamp").asText().startsWith("20"));
  }

  /** Looks at the endpoints when the first wave is done. */
  private static final class Scrapes implements TokenizeListener {
    private SparkSession session;
    private String text = "";
    private JsonNode jobs;
    private long samples;

    @Override
    public void started(RunManifest run, Counts committed, Progress progress) {}

    @Override
    public void waveDone(WaveRecord wave, Counts total) {
      if (wave.wave() == 1) {
        samples = total.value("samples");
        String ui = session.sparkContext().uiWebUrl().get();
        try {
          text = get(ui + "/metrics/prometheus") + get(ui + "/metrics/executors/prometheus");
          String id = session.sparkContext().applicationId();
          jobs = JSON.readTree(get(ui + "/api/v1/applications/" + id + "/jobs"));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    private static String get(String url) throws IOException {
      try (var in = URI.create(url).toURL().openStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }

    List<String> names() {
      return text.lines().map(line -> line.split("[{ ]", 2)[0]).toList();
    }

    long value(String name) {
      return text.lines()
          .filter(line -> line.startsWith(name + "{"))
          .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }

  /** Keeps what is logged, with the thread's context. */
  private static final class Lines extends AbstractAppender {
    private final List<LogEvent> events = new CopyOnWriteArrayList<>();

    Lines() {
      super("lines", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      events.add(event.toImmutable());
    }
  }
}
