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

/**
 * An S3 endpoint in a process of its own: S3Mock, as Maven resolved it, or the server whose command
 * line the property {@code tessera.s3.server} gives, with {@code {port}} where its port goes.
 */
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

  /** Starts a server with empty buckets; its log, and S3Mock's objects, go below a folder. */
  static S3Server start(Path folder, List<String> buckets) throws Exception {
    int port = freePort();
    String other = System.getProperty("tessera.s3.server", "");
    Path log = folder.resolve("s3-server.log");
    ProcessBuilder builder =
        new ProcessBuilder(
            other.isEmpty()
                ? mock(folder, port)
                : List.of(other.replace("{port}", Integer.toString(port)).split(" ")));
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    S3Server server = new S3Server(builder.start(), port);
    server.awaitUp(log);
    for (String bucket : buckets) {
      if (server.request("PUT", bucket) != HttpURLConnection.HTTP_OK) {
        throw new IOException("Cannot create bucket " + bucket + ": " + Files.readString(log));
      }
    }
    return server;
  }

  private static List<String> mock(Path folder, int port) {
    Path jar = Path.of("target", "s3mock.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException("Cannot find " + jar + " (build with -Pchaos)");
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx384m",
        "-Dserver.port=0",
        "-jar",
        jar.toAbsolutePath().toString(),
        "--com.adobe.testing.s3mock.httpPort=" + port,
        "--com.adobe.testing.s3mock.store.root=" + folder.resolve("objects"));
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
        request("GET", "");
        return;
      } catch (IOException e) {
        if (!process.isAlive() || Instant.now().isAfter(end)) {
          process.destroyForcibly();
          throw new IOException("Cannot start the S3 server: " + Files.readString(log), e);
        }
        Thread.sleep(200);
      }
    }
  }

  private int request(String method, String path) throws IOException {
    URI address = URI.create("http://127.0.0.1:" + port + "/" + path);
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    connection.setRequestMethod(method);
    connection.setConnectTimeout(500);
    return connection.getResponseCode();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
