package org.tessera.udf.fuzz;

import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A thread that reads mutants one by one and may hang in one. */
final class Worker {
  private static final int PATIENCE = 10;

  private final long timeoutMillis;
  private final ExecutorService executor = Executors.newSingleThreadExecutor(this::thread);
  private Thread thread;

  Worker(long timeoutMillis) {
    this.timeoutMillis = timeoutMillis;
  }

  private Thread thread(Runnable work) {
    thread = new Thread(work, "fuzz");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Runs the work. Processor time is what counts, since other programs may keep the machine busy;
   * work that only waits gets ten times as long.
   *
   * @throws TimeoutException with the thread's stack when the time is over; make a new worker then
   */
  <T> T run(Callable<T> work) throws ExecutionException, TimeoutException, InterruptedException {
    Future<T> outcome = executor.submit(work);
    long used = processorMillis();
    for (int i = 1; ; i++) {
      try {
        return outcome.get(timeoutMillis, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (i == PATIENCE || processorMillis() - used >= timeoutMillis) {
          e.setStackTrace(thread.getStackTrace());
          stop();
          throw e;
        }
      }
    }
  }

  void stop() {
    executor.shutdownNow();
  }

  private long processorMillis() {
    long nanos = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
    return Math.max(0, nanos) / 1_000_000;
  }
}
