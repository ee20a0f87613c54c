package org.tessera.udf.encode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.tessera.model.quantize.Perturbation;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.udf.encode.ComputePool.Ticket;
import org.tessera.udf.encode.ComputePool.Urgency;
import org.tessera.udf.frontend.Segment;

/**
 * Collects segments of equal shape into batches and runs them in the compute pool. Nothing is
 * padded: a batch holds one shape only. Used by one task thread.
 */
final class Batches implements AutoCloseable {
  /** One of so many samples is encoded twice. */
  private static final int CHECK_EVERY = 1024;

  private final Tokenizer tokenizer;
  private final ComputePool pool;
  private final BatchSize size;
  private final AtomicLong encoded = new AtomicLong();
  private final AtomicLong checkAt = new AtomicLong();
  private final EncodeTimes times;
  private final Map<String, List<Slot>> open = new LinkedHashMap<>();
  private final Deque<Ticket<Void>> running = new ArrayDeque<>();
  private final int timeAxis;
  private final Optional<Perturbation> perturbation;
  private int waiting;

  Batches(Tokenizer tokenizer, ComputePool pool, EncodeOptions options, EncodeTimes times) {
    this.tokenizer = tokenizer;
    this.pool = pool;
    this.size = new BatchSize(options, tokenizer);
    this.times = times;
    this.timeAxis = SegmentCodes.timeAxis(tokenizer);
    this.perturbation = tokenizer.manifest().neighbours().flatMap(Perturbation::of);
  }

  /** Adds a segment; runs its batch when that is full, and the oldest when too many wait. */
  void add(Slot slot) {
    String bucket = bucket(slot.segment());
    List<Slot> slots = open.computeIfAbsent(bucket, key -> new ArrayList<>());
    slots.add(slot);
    waiting++;
    if (slots.size() == size.of(slot.segment())) {
      open.remove(bucket);
      run(slots);
    } else if (waiting > 4 * size.most()) {
      flushOldest();
    }
  }

  /** Makes sure that the slot will be encoded without further segments, and waits for a batch. */
  void finish(Slot slot) {
    if (running.isEmpty()) {
      for (Map.Entry<String, List<Slot>> entry : open.entrySet()) {
        if (entry.getValue().contains(slot)) {
          open.remove(entry.getKey());
          run(entry.getValue());
          break;
        }
      }
    }
    awaitOldest();
  }

  @Override
  public void close() {
    while (!running.isEmpty()) {
      running.pollFirst().result().exceptionally(e -> null).join();
    }
  }

  private void flushOldest() {
    String oldest = open.keySet().iterator().next();
    run(open.remove(oldest));
  }

  private void run(List<Slot> slots) {
    waiting -= slots.size();
    while (running.size() > pool.threads()) {
      awaitOldest();
    }
    running.addLast(
        pool.submit(
            Urgency.INFER,
            () -> {
              long start = System.nanoTime();
              encode(slots);
              times.infer.add(System.nanoTime() - start);
              times.batches.increment();
              return null;
            }));
  }

  private void awaitOldest() {
    Ticket<Void> oldest = running.pollFirst();
    if (oldest == null) {
      return;
    }
    long start = System.nanoTime();
    try {
      oldest.result().join();
    } catch (java.util.concurrent.CompletionException e) {
      if (e.getCause() instanceof RuntimeException fault) {
        throw fault;
      }
      throw e;
    } finally {
      times.wait.add(System.nanoTime() - start);
    }
  }

  private void encode(List<Slot> slots) {
    Codes codes = codes(slots);
    long done = encoded.addAndGet(slots.size());
    long due = checkAt.get();
    if (slots.size() > 1 && done > due && checkAt.compareAndSet(due, done + CHECK_EVERY)) {
      check(slots, codes);
    }
    for (int i = 0; i < slots.size(); i++) {
      slots.get(i).fill(codes, i, timeAxis, perturbation);
    }
  }

  /** Makes the ids of the batch's last sample again, alone, and counts those that differ. */
  private void check(List<Slot> slots, Codes codes) {
    int last = slots.size() - 1;
    Segment segment = slots.get(last).segment();
    SegmentCodes alone = SegmentCodes.of(tokenizer, segment);
    SegmentCodes batched = SegmentCodes.at(codes, last, segment.geometry(), timeAxis);
    times.checkedIds.add(alone.ids().length);
    times.differingIds.add(batched.differing(alone.ids(), alone.shape(), alone.positions()));
  }

  private Codes codes(List<Slot> slots) {
    return SegmentCodes.encode(tokenizer, slots.stream().map(Slot::segment).toList());
  }

  private static String bucket(Segment segment) {
    StringBuilder bucket = new StringBuilder();
    segment
        .inputs()
        .forEach(
            (role, features) ->
                bucket
                    .append(role)
                    .append(features.type())
                    .append(Arrays.toString(features.shape())));
    return bucket.toString();
  }
}
