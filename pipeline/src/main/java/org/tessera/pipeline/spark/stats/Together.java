package org.tessera.pipeline.spark.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs on this machine, at the same time, what does not wait for each other. */
final class Together {
  private Together() {}

  /** Runs all and waits; the results are in the order of the calls. Fails as the first failed. */
  static <T> List<T> call(int threads, List<Callable<T>> calls) {
    ExecutorService executor = Executors.newFixedThreadPool(Math.min(threads, calls.size()));
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> done : executor.invokeAll(calls)) {
        results.add(done.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("Cannot make statistics: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot make statistics: interrupted", e);
    } finally {
      executor.shutdownNow();
    }
  }
}
