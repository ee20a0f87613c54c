package org.tessera.pipeline.spark.stats;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs Spark jobs that do not wait for each other at the same time: the jobs of small tables are
 * mostly overhead of the driver.
 */
final class Together {
  private static final int THREADS = 4;

  private Together() {}

  /** Runs all and waits; fails as the first of them that failed. */
  static void run(List<Runnable> jobs) {
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(THREADS, jobs.size()));
    try {
      List<Callable<Object>> calls = jobs.stream().map(Executors::callable).toList();
      for (Future<Object> done : threads.invokeAll(calls)) {
        done.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("Cannot write statistics: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot write statistics: interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
