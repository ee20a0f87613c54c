package org.tessera.jobs;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real Spark cluster on this machine: one master and some workers, each a JVM of its own, started
 * from the Spark jars that Maven resolved and nothing of Tessera's. Tessera comes to it as users
 * bring it: an application jar and native jars through spark-submit.
 */
public final class StandaloneCluster implements AutoCloseable {
  private static final List<String> OURS =
      List.of(
          "tessera-",
          "tensorflow-",
          "ndarray-",
          "javacpp-",
          "opencv-",
          "openblas-",
          "ffmpeg-",
          "onnxruntime-",
          "picocli-",
          "laszip4j-",
          "jhdf-",
          "mfl-core-",
          "JTransforms-",
          "JLargeArrays-",
          "fastdoubleparser-",
          "jackson-dataformat-yaml-",
          // A dependency of TensorFlow's that Spark's distribution has only under its own names.
          "protobuf-java-",
          "junit-",
          "assertj-",
          "archunit",
          "byte-buddy",
          "opentest4j",
          "apiguardian");

  private final Path home;
  private final int port;
  private final List<Process> processes = new ArrayList<>();

  private StandaloneCluster(Path home, int port) {
    this.home = home;
    this.port = port;
  }

  /** Starts a cluster whose files are below a folder. */
  public static StandaloneCluster start(Path folder, int workers, int coresPerWorker)
      throws IOException, InterruptedException {
    Path home = Files.createDirectories(folder.resolve("spark"));
    Path jars = Files.createDirectories(home.resolve("jars"));
    for (Path jar : classPath()) {
      if (OURS.stream().noneMatch(jar.getFileName().toString()::startsWith)) {
        Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
      }
    }
    StandaloneCluster cluster = new StandaloneCluster(home, freePort());
    try {
      cluster.launch(
          "master",
          "org.apache.spark.deploy.master.Master",
          "--host",
          "127.0.0.1",
          "--port",
          Integer.toString(cluster.port),
          "--webui-port",
          Integer.toString(freePort()));
      cluster.awaitMaster();
      for (int i = 0; i < workers; i++) {
        cluster.launch(
            "worker-" + i,
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            "127.0.0.1",
            "--webui-port",
            Integer.toString(freePort()),
            "--cores",
            Integer.toString(coresPerWorker),
            "--memory",
            "2g",
            "--work-dir",
            Files.createDirectories(home.resolve("work-" + i)).toString(),
            cluster.url());
      }
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  String url() {
    return "spark://127.0.0.1:" + port;
  }

  /**
   * Begins spark-submit with the application jar, the native jars and more Spark settings, each
   * {@code key=value}.
   */
  public Process begin(Path log, List<String> settings, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "--master",
                url(),
                "--deploy-mode",
                "client",
                "--conf",
                "spark.driver.host=127.0.0.1",
                "--conf",
                "spark.driver.bindAddress=127.0.0.1",
                "--conf",
                "spark.executor.memory=1g",
                "--conf",
                "spark.executor.cores=1",
                "--conf",
                "spark.cores.max=2",
                "--conf",
                "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                "--conf",
                "spark.ui.enabled=false",
                "--jars",
                natives()));
    for (String setting : settings) {
      command.addAll(List.of("--conf", setting));
    }
    command.addAll(List.of("--class", "org.tessera.jobs.Tessera", applicationJar().toString()));
    command.addAll(arguments);
    return java(log, "org.apache.spark.deploy.SparkSubmit", command.toArray(String[]::new));
  }

  /** The executors that run now. */
  public List<ProcessHandle> executors() {
    return processes.stream()
        .flatMap(Process::descendants)
        .filter(
            process ->
                process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
        .toList();
  }

  /** How many executors were ever started: each has a folder of its own at its worker. */
  int executorsStarted() throws IOException {
    int count = 0;
    try (Stream<Path> folders = Files.find(home, 3, (path, file) -> file.isDirectory())) {
      for (Path folder : folders.toList()) {
        Path application = folder.getParent().getFileName();
        if (application.toString().startsWith("app-")
            && folder.getFileName().toString().matches("\\d+")) {
          count++;
        }
      }
    }
    return count;
  }

  /** The lists that the build writes and bin/tessera-submit passes. */
  private static String natives() throws IOException {
    List<String> jars = new ArrayList<>();
    for (String name : List.of("natives.txt", "natives-tensorflow.txt")) {
      Path list = Path.of("target", name);
      if (!Files.exists(list)) {
        throw new IllegalStateException("Cannot find " + list + " (run mvn package first)");
      }
      jars.add(Files.readString(list).strip());
    }
    return String.join(",", jars);
  }

  private static Path applicationJar() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("tessera-jobs-.*-app\\.jar"))
          .findFirst()
          .map(Path::toAbsolutePath)
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "Cannot find the application jar in target (run mvn package first)"));
    }
  }

  private static List<Path> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .toList();
  }

  private void launch(String name, String main, String... arguments) throws IOException {
    processes.add(java(home.resolve(name + ".log"), main, arguments));
  }

  private Process java(Path log, String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : System.getProperty("tessera.test.jvm.options").split(" ")) {
      command.add(option);
    }
    command.add("-Xmx512m");
    // Executors may be killed as often as a test likes.
    command.add("-Dspark.deploy.maxExecutorRetries=-1");
    command.add("-cp");
    command.add(home.resolve("jars") + "/*");
    command.add(main);
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    return builder.start();
  }

  private void awaitMaster() throws IOException, InterruptedException {
    Instant end = Instant.now().plus(Duration.ofMinutes(2));
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
        return;
      } catch (IOException e) {
        if (Instant.now().isAfter(end)) {
          throw new IOException(
              "Cannot start the master: " + Files.readString(home.resolve("master.log")), e);
        }
        Thread.sleep(200);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Ends all processes, executors too. */
  @Override
  public void close() {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    try (Stream<Path> links = Files.list(home.resolve("jars"))) {
      links.forEach(link -> link.toFile().delete());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("Cannot remove the links to Spark's jars", e);
    }
  }
}
