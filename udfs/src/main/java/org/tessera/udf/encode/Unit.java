package org.tessera.udf.encode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tessera.udf.encode.ComputePool.Ticket;
import org.tessera.udf.encode.ComputePool.Urgency;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * One file on its way: read by the fetch threads, decoded chunk by chunk in the compute pool, its
 * segments then encoded. Driven by the task thread; only fetching and decoding run elsewhere.
 */
final class Unit {
  private static final long POLL_MILLIS = 200;
  private static final CompletableFuture<Chunk> DONE = CompletableFuture.completedFuture(null);

  /** Segments that were decoded together. */
  record Chunk(List<Segment> segments, boolean last) {}

  final RawSample raw;
  private final List<Slot> slots = new ArrayList<>();
  private int encoded;
  private final FrontEnd frontEnd;
  private final ComputePool pool;
  private final EncodeOptions options;
  private final EncodeTimes times;
  private final CompletableFuture<RawSample.Fetched> fetched = new CompletableFuture<>();
  private volatile Ticket<Chunk> ticket;
  private volatile Segments segments;
  private volatile String contentSha256 = "";
  private volatile boolean abandoned;
  private SampleException rejection;

  Unit(
      RawSample raw,
      FrontEnd frontEnd,
      ComputePool pool,
      EncodeOptions options,
      EncodeTimes times) {
    this.raw = raw;
    this.frontEnd = frontEnd;
    this.pool = pool;
    this.options = options;
    this.times = times;
  }

  /** Fetches, by the calling thread; decoding of the first chunk follows by itself. */
  void fetch(ReadAhead ahead) {
    long start = System.nanoTime();
    try {
      RawSample.Fetched content = raw.fetch();
      times.bytes.add(content.input().content().size());
      if (content.members().isEmpty()) {
        ticket = pool.submit(Urgency.DECODE, this::decode);
      }
      fetched.complete(content);
    } catch (SampleException | IOException | RuntimeException | Error e) {
      fetched.completeExceptionally(e);
    } finally {
      long nanos = System.nanoTime() - start;
      times.fetch.add(nanos);
      ahead.took(nanos);
    }
  }

  /**
   * Waits for the content; the samples in it when it is a container.
   *
   * @throws IOException when the storage failed
   */
  Optional<Iterator<RawSample>> members() throws IOException {
    try {
      return await(fetched).members();
    } catch (SampleException e) {
      return Optional.empty();
    }
  }

  /** Whether {@link #members} and {@link #take} have something to give without waiting. */
  boolean isDecoded() {
    if (!fetched.isDone()) {
      return false;
    }
    Ticket<Chunk> current = ticket;
    return current == null || current.result().isDone();
  }

  /** Waits until {@link #isDecoded}, or for so long. */
  void awaitDecoded(long millis) {
    try {
      fetched
          .thenCompose(content -> ticket == null ? DONE : ticket.result())
          .get(millis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // Whoever takes it learns that.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for the next chunk; null when the file was rejected. Asks for the chunk after it, so that
   * decoding goes on meanwhile.
   *
   * @throws IOException when the storage failed
   */
  Chunk take() throws IOException {
    try {
      await(fetched);
      Ticket<Chunk> current = ticket;
      Chunk chunk = await(current);
      if (!chunk.last()) {
        ticket = pool.submit(Urgency.DECODE, this::decode);
      }
      return chunk;
    } catch (SampleException e) {
      rejection = e;
      release();
      return null;
    }
  }

  /** Adds the place of one more segment. */
  Slot add(Segment segment) {
    Slot slot = new Slot(this, segment);
    slots.add(slot);
    return slot;
  }

  /** All segments' places, in order. */
  List<Slot> slots() {
    return slots;
  }

  /** The first segment that waits for its tokens, or null. */
  Slot firstMissing() {
    while (encoded < slots.size() && slots.get(encoded).isEncoded()) {
      encoded++;
    }
    return encoded < slots.size() ? slots.get(encoded) : null;
  }

  /** Why the file was rejected, or null. */
  SampleException rejection() {
    return rejection;
  }

  /** The digest of the content; empty when it was not read. */
  String contentSha256() {
    return contentSha256;
  }

  /** Frees the content; the file is decoded or rejected. */
  void release() {
    if (!abandoned && fetched.isDone() && !fetched.isCompletedExceptionally()) {
      Segments open = segments;
      segments = null;
      if (open != null) {
        open.close();
      }
      fetched.join().release().run();
    }
  }

  private Chunk decode() throws SampleException {
    long start = System.nanoTime();
    try {
      if (segments == null) {
        SampleInput input = fetched.join().input();
        contentSha256 = input.content().sha256();
        segments = frontEnd.open(input);
      }
      List<Segment> chunk = new ArrayList<>();
      while (chunk.size() < options.chunkSegments()) {
        Segment segment = segments.next();
        if (segment == null) {
          return new Chunk(chunk, true);
        }
        chunk.add(segment);
      }
      return new Chunk(chunk, false);
    } catch (UncheckedIOException e) {
      // Not this file's fault: there is no process to decode in.
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw SampleException.of(
          Phase.DECODE,
          RejectCode.DECODER_FAULT,
          "Cannot decode: the decoder failed with " + e + " (please report it with this file)");
    } finally {
      times.decode.add(System.nanoTime() - start);
    }
  }

  private <T> T await(CompletableFuture<T> future) throws SampleException, IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (ExecutionException e) {
      throw unwrap(e.getCause());
    }
  }

  private Chunk await(Ticket<Chunk> decoding) throws SampleException, IOException {
    while (true) {
      try {
        return decoding.result().get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (decoding.runningNanos() > options.timeoutMillis() * 1_000_000) {
          abandoned = true;
          pool.abandon(decoding);
          throw SampleException.passing(
              Phase.DECODE,
              RejectCode.TIMEOUT,
              "Cannot decode within "
                  + options.timeoutMillis()
                  + " ms (raise limits.timeout if such files are wanted)");
        }
      } catch (InterruptedException e) {
        throw interrupted();
      } catch (ExecutionException e) {
        throw unwrap(e.getCause());
      }
    }
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new java.io.InterruptedIOException("Cannot finish the task: it was interrupted");
  }

  private static IOException unwrap(Throwable cause) throws SampleException {
    if (cause instanceof SampleException rejection) {
      throw rejection;
    }
    if (cause instanceof IOException storage) {
      return storage;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    throw cause instanceof RuntimeException fault ? fault : new IllegalStateException(cause);
  }
}
