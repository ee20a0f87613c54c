package org.tessera.udf.encode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
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
  /**
   * Files read ahead: twice what the fetch threads read at once, enough to hide the storage's
   * latency and a file that takes long; more would only be copied about by the garbage collector.
   */
  private static final int READ_AHEAD = 32;

  private final FrontEnd frontEnd;
  private final ComputePool pool;
  private final Executor fetchers;
  private final EncodeOptions options;
  private final EncodeTimes times;
  private final Batches batches;
  private final boolean lengthsVary;
  private final int window;
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
    this.lengthsVary = tokenizer.manifest().lengthsVary();
    this.window = Math.max(options.windowSamples(), 2 * new BatchSize(options, tokenizer).most());
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty()) {
      startUnits();
      emit();
      if (!ready.isEmpty()) {
        break;
      }
      if (levels.peekLast().hasHead() && encoding.size() < window) {
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
    while (level.started.size() < Math.min(READ_AHEAD, window)
        && (!level.hasHead() || bytesUnderWay < options.windowBytes())
        && level.samples.hasNext()) {
      Unit unit = new Unit(level.samples.next(), frontEnd, pool, options, times);
      bytesUnderWay += unit.raw.sizeHint();
      level.started.addLast(unit);
      unit.start(fetchers);
    }
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
