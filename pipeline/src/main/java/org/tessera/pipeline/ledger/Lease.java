package org.tessera.pipeline.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
 * another may take over. Ages are differences between the storage's own times of two files, so the
 * clocks of machines do not matter. Thread-safe; closing it lets the next process in at once.
 */
public final class Lease implements AutoCloseable {
  /** How long a lease holds without being renewed. */
  public static final Duration TIME = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOLDER = OutputLayout.STATE + "/lease";

  private final Storage storage;
  private final String file;
  private final String holder;
  private final ScheduledExecutorService renewer;

  private Lease(Storage storage, String file, String holder, Duration time) {
    this.storage = storage;
    this.file = file;
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
   * Takes the lease.
   *
   * @param who says who wants it, for the message that others get
   * @throws IllegalStateException when another process holds it
   */
  public static Lease take(Storage storage, String who, Duration time) throws IOException {
    List<FileStatus> files = storage.list(FOLDER);
    long number = 0;
    if (!files.isEmpty()) {
      FileStatus last = files.get(files.size() - 1);
      String name = last.getPath().getName();
      number = Long.parseLong(name.replace(".json", ""));
      JsonNode content = read(storage, FOLDER + "/" + name);
      if (!content.path("released").asBoolean()) {
        Duration age = Duration.ofMillis(now(storage) - last.getModificationTime());
        if (age.compareTo(time) < 0) {
          throw held(storage, content, age, time);
        }
        LOG.warn(
            "Taking over the lease of {}: it was not renewed for {} s",
            content.path("who").asText(),
            age.toSeconds());
      }
    }
    String holder = UUID.randomUUID().toString();
    String file = String.format(Locale.ROOT, "%s/%012d.json", FOLDER, number + 1);
    if (!storage.create(file, text(who, holder, false))) {
      throw held(storage, read(storage, file), Duration.ZERO, time);
    }
    for (FileStatus old : files) {
      storage.delete(FOLDER + "/" + old.getPath().getName());
    }
    return new Lease(storage, file, holder, time);
  }

  /**
   * Makes sure that this process still holds the lease; to be called before each commit.
   *
   * @throws IllegalStateException when another took over
   */
  public void check() throws IOException {
    List<FileStatus> files = storage.list(FOLDER);
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
  public void close() {
    renewer.shutdownNow();
    try {
      if (read(storage, file).path("holder").asText().equals(holder)) {
        storage.replace(file, text("nobody", holder, true));
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("Could not release the lease; it ends by itself in a minute", e);
    }
  }

  private void renew() {
    try {
      check();
      JsonNode content = read(storage, file);
      storage.replace(file, text(content.path("who").asText(), holder, false));
    } catch (IOException | RuntimeException e) {
      LOG.warn("Could not renew the lease on {}: {}", storage.root(), e.getMessage());
    }
  }

  private static IllegalStateException held(
      Storage storage, JsonNode content, Duration age, Duration time) {
    return new IllegalStateException(
        "Cannot write to "
            + storage.root()
            + ": "
            + content.path("who").asText("another process")
            + " is writing to it (last sign of life "
            + age.toSeconds()
            + " s ago; wait for it, or stop it and wait "
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

  private static String text(String who, String holder, boolean released) {
    return JSON.createObjectNode()
            .put("who", who)
            .put("holder", holder)
            .put("released", released)
            .toString()
        + "\n";
  }
}
