package org.tessera.model.pool;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;

/**
 * The bundles of one node, each fetched once for all its JVMs and kept under its fingerprint. A
 * bundle appears by one atomic move, after every digest was checked. Thread-safe, and safe between
 * processes that share the directory on a local disk.
 */
public final class BundleStore {
  private final Path directory;
  private final BundleFetcher fetcher;

  /**
   * A store.
   *
   * @param directory where bundles are kept; made when it is not there
   */
  public BundleStore(Path directory, BundleFetcher fetcher) {
    this.directory = directory;
    this.fetcher = fetcher;
  }

  /**
   * The bundle of a fingerprint, fetched if no process of this node has done so. A stored copy that
   * was damaged is fetched again.
   *
   * @return the open bundle; its files stay when it is closed
   * @throws BundleException when it cannot be fetched or is not the one of this fingerprint
   */
  public Bundle get(String location, String fingerprint) {
    if (!fingerprint.matches("[0-9a-f]{64}")) {
      throw new BundleException(
          "Cannot fetch bundle " + location + ": " + fingerprint + " is no fingerprint");
    }
    try {
      Files.createDirectories(directory);
      try (FileChannel channel =
              FileChannel.open(
                  directory.resolve(fingerprint + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock ignored = lock(channel)) {
        return locked(location, fingerprint);
      }
    } catch (IOException e) {
      throw new BundleException("Cannot fetch bundle " + location + ": " + e, e);
    }
  }

  /** Waits for a lock that another process, or another thread of this one, may hold for minutes. */
  private static FileLock lock(FileChannel channel) throws IOException {
    for (long pause = 10; ; pause = Math.min(2 * pause, 200)) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // A file lock belongs to the whole JVM: another thread holds it.
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while another fetches it");
      }
    }
  }

  private Bundle locked(String location, String fingerprint) throws IOException {
    Path stored = directory.resolve(fingerprint);
    if (Files.isDirectory(stored)) {
      try {
        return check(Bundle.open(stored), location, fingerprint);
      } catch (BundleException damaged) {
        Trees.delete(stored);
      }
    }
    return fetch(location, fingerprint, stored);
  }

  private Bundle fetch(String location, String fingerprint, Path stored) throws IOException {
    removeLeftovers(fingerprint);
    Path work = Files.createTempDirectory(directory, fingerprint + ".tmp-");
    try {
      Path fetched = work.resolve("bundle");
      fetcher.fetch(location, fetched);
      try (Bundle bundle = check(Bundle.open(fetched), location, fingerprint)) {
        Path complete = bundle.root();
        if (!complete.startsWith(work)) {
          // It was a zip, unpacked to the temporary directory, which may be another file system.
          complete = work.resolve("unpacked");
          Trees.copy(bundle.root(), complete);
        }
        Files.move(complete, stored, StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      Trees.delete(work);
    }
    return check(Bundle.open(stored), location, fingerprint);
  }

  /** Removes what a process left that died while it held the lock. */
  private void removeLeftovers(String fingerprint) throws IOException {
    List<Path> leftovers;
    try (Stream<Path> files = Files.list(directory)) {
      leftovers =
          files
              .filter(file -> file.getFileName().toString().startsWith(fingerprint + ".tmp-"))
              .toList();
    }
    for (Path leftover : leftovers) {
      Trees.delete(leftover);
    }
  }

  private static Bundle check(Bundle bundle, String location, String fingerprint) {
    if (!bundle.fingerprint().equals(fingerprint)) {
      String actual = bundle.fingerprint();
      bundle.close();
      throw new BundleException(
          "Cannot use bundle "
              + location
              + ": its fingerprint is "
              + actual
              + ", not "
              + fingerprint
              + " (a bundle must not change while a run uses it; start a new run)");
    }
    return bundle;
  }
}
