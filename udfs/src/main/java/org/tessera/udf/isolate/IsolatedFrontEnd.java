package org.tessera.udf.isolate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * A front-end whose decoding runs in worker processes: as many as files are decoded at once, kept
 * for the next files and replaced when they end. A file that crashes its worker is rejected as
 * CRASHED, one that takes too long as TIMEOUT, and no other file is touched. Thread-safe; closed by
 * its owner.
 */
public final class IsolatedFrontEnd implements FrontEnd, AutoCloseable {
  private final WorkerCommand command;
  private final String manifest;
  private final SortedSet<String> roles;
  private final Limits limits;
  private final ConcurrentLinkedDeque<Worker> idle = new ConcurrentLinkedDeque<>();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "tessera-worker-watch");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean closed;

  /** A front-end of a tokenizer's manifest; workers start with the first files. */
  public IsolatedFrontEnd(WorkerCommand command, TokenizerManifest manifest, Limits limits) {
    this.command = command;
    this.manifest = manifest.toJson();
    this.roles = FrontEnds.of(manifest, limits).roles();
    this.limits = limits;
  }

  @Override
  public SortedSet<String> roles() {
    return roles;
  }

  /**
   * Decodes one file as a whole, so that its worker is free for the next; its segments wait in
   * memory, or in a local file when there is much of them.
   *
   * @throws UncheckedIOException when no worker can be started: the task fails
   */
  @Override
  public Segments open(SampleInput input) throws SampleException {
    Worker worker = take();
    SegmentSpool spool = new SegmentSpool();
    try {
      worker.open(input);
      for (Segment segment = worker.next(input); segment != null; segment = worker.next(input)) {
        spool.add(segment);
      }
      Segments segments = spool.read();
      giveBack(worker);
      return segments;
    } catch (SampleException e) {
      spool.close();
      giveBack(worker);
      throw e;
    } catch (RuntimeException | Error e) {
      spool.close();
      worker.close();
      throw e;
    }
  }

  private void giveBack(Worker worker) {
    if (!closed && worker.finish()) {
      idle.push(worker);
    } else {
      worker.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    watch.shutdownNow();
    for (Worker worker = idle.poll(); worker != null; worker = idle.poll()) {
      worker.close();
    }
  }

  private Worker take() {
    for (Worker worker = idle.poll(); worker != null; worker = idle.poll()) {
      if (worker.lives()) {
        return worker;
      }
      worker.close();
    }
    try {
      return new Worker(command, manifest, limits, watch);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
