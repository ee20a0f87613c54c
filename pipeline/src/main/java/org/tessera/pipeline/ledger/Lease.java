package org.tessera.pipeline.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tessera.pipeline.storage.Storage;

/**
 * The right to write to an output, held by one process at a time. Whoever creates the file with the
 * next number holds it, and renews it by writing it again; when it was not renewed for its time,
 * another may take over. Ages are differences between the storage's own times of two files, or are
 * measured by watching, so the clocks of machines do not matter. Thread-safe; closing it lets the
 * next process in at once.
 */
public final class Lease implements AutoCloseable {
  /** How long a lease holds without being renewed. */
  public static final Duration TIME = Duration.ofSeconds(60);

  private static final long SETTLE_MILLIS = 500;
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOLDER = OutputLayout.STATE + "/lease";
  private static final String RELEASED = "{\"released\":true}\n";

  private final Storage storage;
  private final String file;
  private final String who;
  private final String holder;
  private final ScheduledExecutorService renewer;
  private long renewals;
  private boolean released;

  private Lease(Storage storage, String file, String who, String holder, Duration time) {
    this.storage = storage;
    this.file = file;
    this.who = who;
    this.holder = holder;
    this.renewer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "tessera-lease");
              thread.setDaemon(true);
              return thread;
            });
    long period = time.toMillis() / 4;
    renewer.scheduleAtFixedRate(this::renew, period, period, TimeUnit.MILLISECONDS);
  }

  /**
   * Takes the lease. That of a process of this machine that is gone is free; other holders are
   * watched, by this process's own clock, until they renew the lease or its time is over.
   *
   * @param who says who wants it, for the message that others get
   * @throws IllegalStateException when another process holds it
   */
  public static Lease take(Storage storage, String who, Duration time) throws IOException {
    long number = 0;
    List<FileStatus> files = files(storage);
    if (!files.isEmpty()) {
      FileStatus last = files.get(files.size() - 1);
      number = Long.parseLong(last.getPath().getName().replace(".json", ""));
      awaitEnd(storage, last, time);
    }
    String holder = UUID.randomUUID().toString();
    String file = String.format(Locale.ROOT, "%s/%012d.json", FOLDER, number + 1);
    if (!storage.create(file, text(who, holder, 0))) {
      throw held(storage, read(storage, file), time);
    }
    settle(storage, file, holder, time);
    for (FileStatus old : files) {
      storage.delete(FOLDER + "/" + old.getPath().getName());
    }
    return new Lease(storage, file, who, holder, time);
  }

  /** Some stores let two that create at the same moment both succeed, and keep the last. */
  private static void settle(Storage storage, String file, String holder, Duration time)
      throws IOException {
    if (!storage.fileSystem().getScheme().equals("file")) {
      pause(SETTLE_MILLIS);
      JsonNode content = read(storage, file);
      if (!content.path("holder").asText().equals(holder)) {
        throw held(storage, content, time);
      }
    }
  }

  private static List<FileStatus> files(Storage storage) throws IOException {
    return storage.list(FOLDER).stream()
        .filter(file -> file.getPath().getName().matches("\\d{12}\\.json"))
        .toList();
  }

  /** Returns when the lease is free, and throws when its holder lives. */
  private static void awaitEnd(Storage storage, FileStatus lease, Duration time)
      throws IOException {
    String file = FOLDER + "/" + lease.getPath().getName();
    JsonNode content = read(storage, file);
    if (content.path("released").asBoolean()) {
      return;
    }
    Optional<Boolean> lives = HolderProcess.lives(content.path("process").asText());
    if (lives.isPresent() && !lives.get()) {
      LOG.info("Taking over from {}, which is gone", content.path("who").asText());
      return;
    }
    long start = System.nanoTime();
    while (System.nanoTime() - start < time.toNanos()) {
      if (now(storage) - lease.getModificationTime() >= time.toMillis()) {
        break;
      }
      pause(time.toMillis() / 20);
      JsonNode later = read(storage, file);
      if (later.path("released").asBoolean()) {
        return;
      }
      if (!later.equals(content)) {
        throw held(storage, later, time);
      }
    }
    LOG.warn(
        "Taking over from {}: it did not answer for {} s",
        content.path("who").asText(),
        time.toSeconds());
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(Math.max(1, millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Cannot wait for the lease: this process was interrupted");
    }
  }

  /**
   * Makes sure that this process still holds the lease; to be called before each commit.
   *
   * @throws IllegalStateException when another took over
   */
  public synchronized void check() throws IOException {
    List<FileStatus> files = files(storage);
    String last =
        files.isEmpty() ? "" : FOLDER + "/" + files.get(files.size() - 1).getPath().getName();
    if (!last.equals(file) || !read(storage, file).path("holder").asText().equals(holder)) {
      throw new IllegalStateException(
          "Cannot go on writing to "
              + storage.root()
              + ": another process took over because this one did not answer for too long (let it"
              + " finish, or stop it and run again)");
    }
  }

  @Override
  public synchronized void close() {
    released = true;
    renewer.shutdown();
    // Java closes the files of an interrupted thread.
    boolean interrupted = Thread.interrupted();
    try {
      if (read(storage, file).path("holder").asText().equals(holder)) {
        release();
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("Could not release the lease; it ends by itself in a minute", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void release() throws IOException {
    try {
      storage.replace(file, RELEASED);
    } catch (IOException e) {
      // A full disk has no room for a new file, and none is needed to take one away.
      LOG.debug("Deleting the lease, which could not be written", e);
      storage.delete(file);
    }
  }

  private synchronized void renew() {
    if (released) {
      return;
    }
    try {
      check();
      renewals++;
      storage.replace(file, text(who, holder, renewals));
    } catch (IOException | RuntimeException e) {
      LOG.warn("Could not renew the lease on {}: {}", storage.root(), e.getMessage());
    }
  }

  private static IllegalStateException held(Storage storage, JsonNode content, Duration time) {
    return new IllegalStateException(
        "Cannot write to "
            + storage.root()
            + ": "
            + content.path("who").asText("another process")
            + " is writing to it (wait for it; if it was stopped, its right ends after "
            + time.toSeconds()
            + " s)");
  }

  /** The storage's own time, from a file written now. */
  private static long now(Storage storage) throws IOException {
    String probe = FOLDER + "-probe/" + UUID.randomUUID();
    storage.create(probe, "");
    try {
      return storage.fileSystem().getFileStatus(storage.path(probe)).getModificationTime();
    } finally {
      storage.delete(probe);
    }
  }

  private static JsonNode read(Storage storage, String file) throws IOException {
    try {
      return JSON.readTree(storage.read(file).orElse("{}"));
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }

  private static String text(String who, String holder, long renewals) {
    return JSON.createObjectNode()
            .put("who", who)
            .put("holder", holder)
            .put("process", HolderProcess.self())
            .put("renewals", renewals)
            .toString()
        + "\n";
  }
}
