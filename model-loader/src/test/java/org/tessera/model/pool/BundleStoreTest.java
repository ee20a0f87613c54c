package org.tessera.model.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;

class BundleStoreTest {
  @TempDir Path temporary;
  private Path source;
  private Path directory;
  private String fingerprint;

  @BeforeEach
  void write() throws IOException {
    source = temporary.resolve("source");
    directory = temporary.resolve("store");
    fingerprint = write(source);
  }

  private static String write(Path target) throws IOException {
    try (BundleWriter writer = BundleWriter.to(target)) {
      Files.createDirectories(writer.directory().resolve("model"));
      Files.writeString(writer.directory().resolve("model/saved_model.pb"), "graph");
      try (Bundle bundle =
          writer.finish(
              TokenizerManifest.builder("stored", Modality.AUDIO)
                  .model(
                      ModelSpec.of(
                          "tensorflow",
                          "model",
                          SignatureSpec.of(
                              "encode", Map.of("signal", "audio"), Map.of("ids", "ids"))))
                  .layout(
                      new TokenLayout(List.of("time"), List.of(-1), List.of(64), "", List.of())))) {
        return bundle.fingerprint();
      }
    }
  }

  /** Copies, slowly, and notes each fetch in a file that all processes share. */
  private record SlowFetcher(Path log) implements BundleFetcher {
    @Override
    public void fetch(String location, Path target) throws IOException {
      Files.writeString(log, "fetched\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      try {
        Thread.sleep(300);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      Path from = Path.of(location);
      if (Files.isDirectory(from)) {
        Trees.copy(from, target);
      } else {
        Files.copy(from, target);
      }
    }
  }

  private List<String> fetches() throws IOException {
    return Files.readAllLines(temporary.resolve("log"));
  }

  private BundleStore store() {
    return new BundleStore(directory, new SlowFetcher(temporary.resolve("log")));
  }

  /** The main method of the other processes. */
  public static void main(String[] arguments) {
    new BundleStore(Path.of(arguments[0]), new SlowFetcher(Path.of(arguments[1])))
        .get(arguments[2], arguments[3])
        .close();
  }

  @Test
  void fetchesOnceForThreadsAndProcesses() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  BundleStoreTest.class.getName(),
                  directory.toString(),
                  temporary.resolve("log").toString(),
                  source.toString(),
                  fingerprint)
              .inheritIO()
              .start());
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<String>> futures = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        futures.add(
            threads.submit(() -> store().get(source.toString(), fingerprint).fingerprint()));
      }
      for (Future<String> future : futures) {
        assertThat(future.get()).isEqualTo(fingerprint);
      }
    } finally {
      threads.shutdownNow();
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }
    assertThat(fetches()).hasSize(1);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(fingerprint, fingerprint + ".lock");
    }
  }

  @Test
  void unpacksZips() throws Exception {
    Path zip = temporary.resolve("source.zip");
    String zipped = write(zip);
    assertThat(zipped).isEqualTo(fingerprint);
    Bundle bundle = store().get(zip.toString(), fingerprint);
    assertThat(bundle.root()).isEqualTo(directory.resolve(fingerprint));
    bundle.close();
    assertThat(bundle.root().resolve("model/saved_model.pb")).hasContent("graph");
  }

  @Test
  void fetchesADamagedCopyAgain() throws Exception {
    store().get(source.toString(), fingerprint).close();
    Files.writeString(directory.resolve(fingerprint).resolve("model/saved_model.pb"), "x");
    Files.createDirectories(directory.resolve(fingerprint + ".tmp-1").resolve("bundle"));
    store().get(source.toString(), fingerprint).close();
    assertThat(fetches()).hasSize(2);
    assertThat(directory.resolve(fingerprint + ".tmp-1")).doesNotExist();
  }

  @Test
  void refusesAnotherBundle() {
    String other = "0".repeat(64);
    assertThatThrownBy(() -> store().get(source.toString(), other))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("its fingerprint is " + fingerprint + ", not " + other);
    assertThat(directory.resolve(other)).doesNotExist();
    assertThatThrownBy(() -> store().get(source.toString(), "../x"))
        .hasMessageContaining("is no fingerprint");
  }
}
