package org.tessera.udf.encode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads of one executor JVM that decode and infer: as many as it has cores, shared by all its
 * tasks, so that nothing is oversubscribed and no core idles while there is work. Inference goes
 * before decoding, earlier work before later. Thread-safe; closed by its owner.
 *
 * <p>A thread that is stuck in a decoder is given up with {@link #abandon} and replaced.
 */
public final class ComputePool implements AutoCloseable {
  private final PriorityBlockingQueue<Job> queue = new PriorityBlockingQueue<>();
  private final AtomicLong sequence = new AtomicLong();
  private final List<Worker> workers = new ArrayList<>();
  private final int threads;
  private volatile boolean closed;

  public ComputePool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "Cannot compute with " + threads + " threads (give at least 1)");
    }
    this.threads = threads;
    synchronized (workers) {
      for (int i = 0; i < threads; i++) {
        start();
      }
    }
  }

  /** The number of threads. */
  public int threads() {
    return threads;
  }

  /** Work of this pool: what to do, and how urgent. */
  public enum Urgency {
    INFER,
    DECODE
  }

  /** Something to compute. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws Exception;
  }

  /** Queues work; the ticket holds its result or its exception. */
  public <T> Ticket<T> submit(Urgency urgency, Work<T> work) {
    if (closed) {
      throw new IllegalStateException("Cannot submit work: the compute pool is closed");
    }
    Ticket<T> ticket = new Ticket<>();
    queue.add(new Job(urgency, sequence.getAndIncrement(), () -> ticket.complete(work)));
    return ticket;
  }

  /** Gives up the thread that runs this ticket's work, when it runs, and starts another. */
  public void abandon(Ticket<?> ticket) {
    synchronized (workers) {
      for (Worker worker : workers) {
        if (worker == ticket.runner) {
          worker.abandoned = true;
          worker.interrupt();
          workers.remove(worker);
          if (!closed) {
            start();
          }
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    synchronized (workers) {
      workers.forEach(Thread::interrupt);
      workers.clear();
    }
  }

  private void start() {
    Worker worker = new Worker();
    workers.add(worker);
    worker.start();
  }

  /** The future result of submitted work. */
  public static final class Ticket<T> {
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private volatile Thread runner;
    private volatile long startedNanos;

    private void complete(Work<T> work) {
      startedNanos = System.nanoTime();
      runner = Thread.currentThread();
      try {
        result.complete(work.run());
      } catch (Throwable e) {
        result.completeExceptionally(e);
      } finally {
        runner = null;
      }
    }

    /** Completes with the work's value or exception. */
    public CompletableFuture<T> result() {
      return result;
    }

    /** Nanoseconds since a thread took it up; 0 while it waits. */
    public long runningNanos() {
      return runner == null ? 0 : System.nanoTime() - startedNanos;
    }
  }

  private record Job(Urgency urgency, long sequence, Runnable work) implements Comparable<Job> {
    @Override
    public int compareTo(Job other) {
      int byUrgency = urgency.compareTo(other.urgency);
      return byUrgency != 0 ? byUrgency : Long.compare(sequence, other.sequence);
    }
  }

  private final class Worker extends Thread {
    private volatile boolean abandoned;

    Worker() {
      super("tessera-compute");
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        while (!closed && !abandoned) {
          queue.take().work.run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
