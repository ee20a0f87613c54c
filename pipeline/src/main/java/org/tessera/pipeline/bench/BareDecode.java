package org.tessera.pipeline.bench;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.read.SampleCursor;
import org.tessera.pipeline.read.SampleReader;
import org.tessera.udf.container.Containers;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.sample.SampleKey;

/**
 * Reading, hashing, decoding and the front-end and nothing else: each thread takes the next input,
 * decodes it to its last segment and drops it. Thread-safe.
 */
public final class BareDecode {
  private final SampleReader reader;
  private final FrontEnd frontEnd;
  private final int threads;

  /**
   * A measurement.
   *
   * @param threads how many decode at once
   */
  public BareDecode(SampleReader reader, FrontEnd frontEnd, int threads) {
    this.reader = reader;
    this.frontEnd = frontEnd;
    this.threads = threads;
  }

  /**
   * What was decoded, and the time it took.
   *
   * @param samples decoded or rejected
   * @param signalSeconds of what has a time axis
   * @param bytes of content
   * @param rejects what could not be decoded
   */
  public record Result(
      long samples,
      Counts rejects,
      long segments,
      long bytes,
      double signalSeconds,
      double seconds,
      double cpuSeconds) {}

  /**
   * Decodes all inputs once.
   *
   * @param sink gets the segments, one thread at a time
   * @throws IOException when the storage failed
   */
  public Result run(List<PlannedInput> inputs, Consumer<Segment> sink) throws IOException {
    ConcurrentLinkedQueue<PlannedInput> queue = new ConcurrentLinkedQueue<>(inputs);
    LongAdder samples = new LongAdder();
    Counts rejects = new Counts();
    LongAdder segments = new LongAdder();
    LongAdder bytes = new LongAdder();
    LongAdder signalMicros = new LongAdder();
    Consumer<Segment> counting =
        segment -> {
          segments.increment();
          signalMicros.add(Math.round((segment.endS() - segment.startS()) * 1e6));
          synchronized (sink) {
            sink.accept(segment);
          }
        };
    Stopwatch watch = new Stopwatch();
    Workers.run(
        threads,
        () -> {
          try (Containers.Samples raw = reader.samples(drain(queue));
              SampleCursor cursor = new SampleCursor(raw)) {
            while (decodeNext(cursor, counting, bytes, rejects)) {
              samples.increment();
            }
          }
          return null;
        });
    return new Result(
        samples.sum(),
        rejects,
        segments.sum(),
        bytes.sum(),
        signalMicros.sum() / 1e6,
        watch.seconds(),
        watch.cpuSeconds());
  }

  /** A rejected sample costs its time too. */
  private boolean decodeNext(
      SampleCursor cursor, Consumer<Segment> sink, LongAdder bytes, Counts rejects)
      throws IOException {
    try {
      if (!cursor.next()) {
        return false;
      }
      SampleInput input = cursor.fetched().input();
      bytes.add(input.content().size());
      input.content().sha256();
      try (Segments segments = frontEnd.open(input)) {
        for (Segment segment = segments.next(); segment != null; segment = segments.next()) {
          sink.accept(segment);
        }
      }
    } catch (SampleException rejected) {
      RawSample sample = cursor.sample();
      synchronized (rejects) {
        rejects.reject(new SampleKey(sample.uri(), sample.member(), 0, -1), rejected);
      }
    }
    return true;
  }

  private static Iterator<PlannedInput> drain(ConcurrentLinkedQueue<PlannedInput> queue) {
    return new Iterator<>() {
      private PlannedInput head = queue.poll();

      @Override
      public boolean hasNext() {
        return head != null;
      }

      @Override
      public PlannedInput next() {
        if (head == null) {
          throw new java.util.NoSuchElementException("Cannot take another input: all are taken");
        }
        PlannedInput next = head;
        head = queue.poll();
        return next;
      }
    };
  }
}
