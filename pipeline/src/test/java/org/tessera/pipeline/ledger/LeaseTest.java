package org.tessera.pipeline.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.pipeline.storage.Storage;

class LeaseTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(800);

  @TempDir private Path temp;
  private Storage storage;

  @BeforeEach
  void open() throws Exception {
    storage = new Storage(temp.toString(), new Configuration());
  }

  @Test
  void oneOfManyGetsIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Boolean>> futures = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      futures.add(
          threads.submit(
              () -> {
                start.await();
                try {
                  Lease.take(storage, "somebody", LONG);
                  return true;
                } catch (IllegalStateException e) {
                  assertThat(e).hasMessageContaining("somebody is writing to it (wait for it");
                  return false;
                }
              }));
    }
    start.countDown();
    int winners = 0;
    for (Future<Boolean> future : futures) {
      winners += future.get() ? 1 : 0;
    }
    threads.shutdown();
    assertThat(winners).isEqualTo(1);
  }

  @Test
  void itHoldsWhileItIsRenewedAndIsFreeWhenClosed() throws Exception {
    try (Lease lease = Lease.take(storage, "first", SHORT)) {
      for (int i = 0; i < 200; i++) {
        lease.check();
        Thread.sleep(10);
      }
      assertThatThrownBy(() -> Lease.take(storage, "second", LONG))
          .hasMessageContaining("first is writing to it");
    }
    Lease.take(storage, "second", SHORT).close();
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void aProcessThatIsGoneHoldsNothing() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    write(HolderProcess.self().replaceAll("/\\d+/", "/" + process.pid() + "/"));

    // Were it watched as one of another machine is, this would take the hour.
    Lease.take(storage, "second", Duration.ofHours(1)).close();
  }

  @Test
  void oneOnAnotherMachineIsWatched() throws Exception {
    write("another machine/1/1");
    Lease.take(storage, "second", SHORT).close();
    write("another machine/1/1");
    Thread renewer =
        new Thread(
            () -> {
              try {
                Thread.sleep(200);
                Files.writeString(file(), "{\"who\":\"far\",\"renewals\":2}");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    renewer.start();
    assertThatThrownBy(() -> Lease.take(storage, "third", Duration.ofSeconds(5)))
        .hasMessageContaining("far is writing to it");
    renewer.join();
  }

  @Test
  void clocksThatDifferDoNotMatter() throws Exception {
    write("another machine/1/1");
    Files.setLastModifiedTime(file(), FileTime.from(Instant.now().plus(Duration.ofDays(2))));
    Lease.take(storage, "from the past", SHORT).close();
  }

  @Test
  void theOldHolderNoticesThatAnotherTookOver() throws Exception {
    Lease first = Lease.take(storage, "first", LONG);
    Files.writeString(
        temp.resolve("_tessera/lease/999999999999.json"), "{\"who\":\"x\",\"holder\":\"y\"}");
    assertThatThrownBy(first::check).hasMessageContaining("another process took over");
    first.close();
  }

  private Path file() {
    return temp.resolve("_tessera/lease/000000000900.json");
  }

  private void write(String process) throws Exception {
    Path folder = Files.createDirectories(temp.resolve("_tessera/lease"));
    try (var old = Files.list(folder)) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
    Files.writeString(file(), "{\"who\":\"far\",\"holder\":\"h\",\"process\":\"" + process + "\"}");
  }
}
