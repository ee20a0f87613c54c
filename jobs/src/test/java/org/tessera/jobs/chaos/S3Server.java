package org.tessera.jobs.chaos;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** An S3 endpoint in a process of its own: S3Mock, as Maven resolved it. */
final class S3Server implements AutoCloseable {
  /** What requests are signed with; the server takes any. */
  static final String ACCESS_KEY = "CHAOSACCESSKEY";

  static final String SECRET_KEY = "chaos/very+secret/value";

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts a server that keeps its objects below a folder. */
  static S3Server start(Path folder, List<String> buckets) throws Exception {
    Path jar = Path.of("target", "s3mock.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException("Cannot find " + jar + " (build with -Pchaos)");
    }
    int port = freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx384m",
            "-Dserver.port=0",
            "-jar",
            jar.toAbsolutePath().toString(),
            "--com.adobe.testing.s3mock.httpPort=" + port,
            "--com.adobe.testing.s3mock.store.initial-buckets=" + String.join(",", buckets),
            "--com.adobe.testing.s3mock.store.root=" + folder.resolve("objects"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(folder.resolve("s3mock.log").toFile());
    S3Server server = new S3Server(builder.start(), port);
    server.awaitUp(folder.resolve("s3mock.log"));
    return server;
  }

  int port() {
    return port;
  }

  /** Hadoop's settings for a bucket that is reached through a port of this machine. */
  static Map<String, String> settings(String bucket, int port) {
    String prefix = "fs.s3a.bucket." + bucket + ".";
    return Map.of(
        prefix + "endpoint",
        "http://127.0.0.1:" + port,
        prefix + "endpoint.region",
        "us-east-1",
        prefix + "path.style.access",
        "true",
        prefix + "access.key",
        ACCESS_KEY,
        prefix + "secret.key",
        SECRET_KEY,
        prefix + "aws.credentials.provider",
        "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void awaitUp(Path log) throws Exception {
    Instant end = Instant.now().plus(Duration.ofMinutes(3));
    while (true) {
      try {
        HttpURLConnection connection =
            (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + "/").toURL().openConnection();
        connection.setConnectTimeout(500);
        connection.getResponseCode();
        return;
      } catch (IOException e) {
        if (!process.isAlive() || Instant.now().isAfter(end)) {
          process.destroyForcibly();
          throw new IOException("Cannot start S3Mock: " + Files.readString(log), e);
        }
        Thread.sleep(200);
      }
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
