package org.tessera.pipeline.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.security.AccessControlException;

/**
 * Repeats reads that broke off. File systems retry requests, but a body that ends early during a
 * vectored read is the reader's to read again.
 */
public final class Retries {
  private static final int ATTEMPTS = 5;
  private static final long FIRST_PAUSE_MILLIS = 100;

  private Retries() {}

  /** Something that reads. */
  @FunctionalInterface
  public interface Read<T> {
    T run() throws IOException;
  }

  /**
   * Reads, up to five times with growing pauses.
   *
   * @throws IOException of the last attempt, or of the first that cannot pass by itself
   */
  public static <T> T read(Read<T> read) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return read.run();
      } catch (IOException e) {
        if (attempt == ATTEMPTS || lasting(e)) {
          throw e;
        }
        long pause = FIRST_PAUSE_MILLIS << attempt;
        sleep(pause / 2 + ThreadLocalRandom.current().nextLong(pause));
      }
    }
  }

  private static boolean lasting(IOException e) {
    return e instanceof FileNotFoundException
        || e instanceof FileAlreadyExistsException
        || e instanceof AccessDeniedException
        || e instanceof AccessControlException
        || e instanceof InterruptedIOException
        || e.getClass().getSimpleName().equals("RemoteFileChangedException");
  }

  private static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Cannot read: this thread was interrupted");
    }
  }
}
