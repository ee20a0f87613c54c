package org.tessera.udf.encode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleKey;

/**
 * From files to outcomes, in input order: fetching, decoding and inference of several files overlap
 * within bounded memory. A file gives one outcome per segment, or one rejection and nothing else.
 * Used by one thread; closed by it.
 *
 * <p>{@link #next} throws {@link UncheckedIOException} when the storage failed and {@link
 * org.tessera.model.engine.ModelException} when the model did: the task fails and is retried.
 */
public final class SampleEncoder implements Iterator<SampleOutcome>, AutoCloseable {
  private static final long AWAIT_MILLIS = 20;

  private final FrontEnd frontEnd;
  private final ComputePool pool;
  private final Executor fetchers;
  private final EncodeOptions options;
  private final EncodeTimes times;
  private final Batches batches;
  private final boolean lengthsVary;
  private final int window;
  private final ReadAhead ahead;
  private final Deque<Level> levels = new ArrayDeque<>();
  private final Deque<Unit> encoding = new ArrayDeque<>();
  private final Deque<SampleOutcome> ready = new ArrayDeque<>();
  private long bytesUnderWay;

  /**
   * Starts nothing yet; work begins with the first {@link #hasNext}.
   *
   * @param samples taken as needed, a window ahead; closed by its owner
   * @param fetchers runs fetches, which block on storage
   */
  public SampleEncoder(
      Iterator<RawSample> samples,
      FrontEnd frontEnd,
      Tokenizer tokenizer,
      ComputePool pool,
      Executor fetchers,
      EncodeOptions options,
      EncodeTimes times) {
    this.levels.addLast(new Level(samples, null));
    this.frontEnd = frontEnd;
    this.pool = pool;
    this.fetchers = fetchers;
    this.options = options;
    this.times = times;
    this.batches = new Batches(tokenizer, pool, options, times);
    this.ahead = new ReadAhead(pool.threads());
    this.lengthsVary = tokenizer.manifest().lengthsVary();
    this.window = Math.max(options.windowSamples(), 2 * new BatchSize(options, tokenizer).most());
  }

  @Override
  public boolean hasNext() {
    takeDecoded();
    while (ready.isEmpty()) {
      startUnits();
      emit();
      if (!ready.isEmpty()) {
        break;
      }
      if (levels.peekLast().hasHead() && encoding.size() < window) {
        awaitSome(levels.peekLast());
        decodeOne(levels.peekLast());
      } else if (!encoding.isEmpty()) {
        batches.finish(encoding.peekFirst().firstMissing());
      } else {
        return false;
      }
    }
    return true;
  }

  @Override
  public SampleOutcome next() {
    if (!hasNext()) {
      throw new NoSuchElementException("Cannot take another outcome: all samples are done");
    }
    return ready.pollFirst();
  }

  @Override
  public void close() {
    batches.close();
    levels.forEach(Level::release);
  }

  /** The samples of one container, or all inputs at the bottom. */
  private static final class Level {
    private final Iterator<RawSample> samples;
    private final Unit container;
    private final Deque<Unit> started = new ArrayDeque<>();

    Level(Iterator<RawSample> samples, Unit container) {
      this.samples = samples;
      this.container = container;
    }

    boolean hasHead() {
      return !started.isEmpty();
    }

    void release() {
      started.forEach(Unit::release);
      if (container != null) {
        container.release();
      }
    }
  }

  private void startUnits() {
    Level level = levels.peekLast();
    while (levels.size() > 1 && !level.hasHead() && !level.samples.hasNext()) {
      level.release();
      levels.pollLast();
      level = levels.peekLast();
    }
    int most = Math.min(ahead.files(), window);
    if (level.started.size() > most / 2) {
      return;
    }
    List<Unit> group = new ArrayList<>();
    while (level.started.size() < most
        && (!level.hasHead() || bytesUnderWay < options.windowBytes())
        && level.samples.hasNext()) {
      Unit unit = new Unit(level.samples.next(), frontEnd, pool, options, times);
      bytesUnderWay += unit.raw.sizeHint();
      level.started.addLast(unit);
      group.add(unit);
    }
    int row = ahead.inARow();
    for (int i = 0; i < group.size(); i += row) {
      List<Unit> part = group.subList(i, Math.min(group.size(), i + row));
      fetchers.execute(() -> part.forEach(unit -> unit.fetch(ahead)));
    }
  }

  /** Keeps the other threads busy while the caller works on outcomes; waits for nothing. */
  private void takeDecoded() {
    while (!ready.isEmpty()
        && levels.peekLast().hasHead()
        && encoding.size() < window
        && levels.peekLast().started.peekFirst().isDecoded()) {
      decodeOne(levels.peekLast());
      startUnits();
    }
  }

  /**
   * Waits until half of the files under way are decoded, so that this thread is woken once for
   * them; not for long, since the first may need to be given up.
   */
  private void awaitSome(Level level) {
    if (level.started.peekFirst().isDecoded()) {
      return;
    }
    Iterator<Unit> units = level.started.iterator();
    Unit last = units.next();
    for (int i = 1; i < ahead.files() / 2 && units.hasNext(); i++) {
      last = units.next();
    }
    long start = System.nanoTime();
    last.awaitDecoded(AWAIT_MILLIS);
    times.wait.add(System.nanoTime() - start);
  }

  private void decodeOne(Level level) {
    Unit unit = level.started.peekFirst();
    long start = System.nanoTime();
    Optional<Iterator<RawSample>> members;
    Unit.Chunk chunk = null;
    try {
      members = unit.members();
      if (members.isEmpty()) {
        chunk = unit.take();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read " + unit.raw.uri() + ": " + e.getMessage() + " (check the storage)", e);
    } finally {
      times.wait.add(System.nanoTime() - start);
    }
    if (members.isPresent()) {
      level.started.pollFirst();
      bytesUnderWay -= unit.raw.sizeHint();
      levels.addLast(new Level(members.get(), unit));
      return;
    }
    if (chunk != null) {
      for (Segment segment : chunk.segments()) {
        times.signalMicros.add(Math.round((segment.endS() - segment.startS()) * 1e6));
        batches.add(unit.add(segment));
      }
    }
    if (chunk == null || chunk.last()) {
      level.started.pollFirst();
      bytesUnderWay -= unit.raw.sizeHint();
      if (chunk != null) {
        unit.release();
      }
      encoding.addLast(unit);
    }
  }

  private void emit() {
    while (!encoding.isEmpty()) {
      Unit unit = encoding.peekFirst();
      SampleKey whole = new SampleKey(unit.raw.uri(), unit.raw.member(), 0, -1);
      if (unit.rejection() != null) {
        ready.add(SampleOutcome.rejected(whole, unit.contentSha256(), unit.rejection()));
      } else if (unit.slots().stream().allMatch(slot -> slot.isEncoded() && slot.isEmpty())) {
        ready.add(SampleOutcome.rejected(whole, unit.contentSha256(), noTokens(unit)));
      } else if (unit.firstMissing() == null) {
        unit.slots().stream()
            .filter(slot -> !slot.isEmpty())
            .forEach(slot -> ready.add(slot.outcome()));
      } else {
        return;
      }
      encoding.pollFirst();
    }
  }

  private SampleException noTokens(Unit unit) {
    if (lengthsVary && !unit.slots().isEmpty()) {
      return SampleException.of(
          Phase.ENCODE,
          RejectCode.NO_TOKENS,
          "Cannot make a token: the model keeps none of the sample's ids (look at the sample: it may"
              + " be blank)");
    }
    return SampleException.of(
        Phase.FRONTEND,
        RejectCode.TOO_SHORT,
        "Cannot make a token: the signal gives no segment (lower the segment length)");
  }
}
