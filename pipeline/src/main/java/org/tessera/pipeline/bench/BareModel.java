package org.tessera.pipeline.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.udf.encode.SegmentCodes;
import org.tessera.udf.frontend.Segment;

/**
 * The model and nothing else: tensors that are filled before the clock starts, encoded over and
 * over. Used by one thread; holds native memory only while it measures.
 */
public final class BareModel {
  /** Batches that are tried. */
  public static final List<Integer> BATCHES = List.of(1, 4, 16, 32, 64, 128);

  private final Tokenizer tokenizer;
  private final List<Segment> segments;

  /**
   * A measurement.
   *
   * @param segments real segments, as the front-end makes them; at least one
   */
  public BareModel(Tokenizer tokenizer, List<Segment> segments) {
    if (segments.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot measure the model: no input gave a segment (check the inputs and the limits)");
    }
    this.tokenizer = tokenizer;
    this.segments = List.copyOf(segments);
  }

  /**
   * How fast the model was.
   *
   * @param batch segments per call at most
   * @param calls calls at once
   * @param perSecond segments per second of the wall
   * @param tokensPerSegment ids of one segment, on average
   */
  public record Result(int batch, int calls, double perSecond, double tokensPerSegment) {}

  /**
   * The fastest of {@link #BATCHES}.
   *
   * @param calls model calls at once
   * @param seconds how long each batch size is measured, at least
   */
  public Result best(int calls, double seconds) throws IOException {
    Result best = null;
    for (int batch : BATCHES) {
      if (batch > 1 && batch / 2 >= segments.size()) {
        break;
      }
      Result result = measure(batch, calls, seconds);
      if (best == null || result.perSecond() > best.perSecond()) {
        best = result;
      }
    }
    return best;
  }

  /** One batch size. */
  public Result measure(int batch, int calls, double seconds) throws IOException {
    List<Map<String, NativeTensor>> batches = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    try {
      for (List<Segment> part : parts(batch)) {
        batches.add(SegmentCodes.tensors(tokenizer, part));
        sizes.add(part.size());
      }
      long tokens = 0;
      for (Map<String, NativeTensor> inputs : batches) {
        tokens += tokenizer.encode(inputs).ids().length;
      }
      // Whole passes, so that every shape has its share.
      double done = 0;
      Stopwatch watch = new Stopwatch();
      do {
        AtomicInteger next = new AtomicInteger();
        Workers.run(
            calls,
            () -> {
              for (int i = next.getAndIncrement(); i < batches.size(); i = next.getAndIncrement()) {
                tokenizer.encode(batches.get(i));
              }
              return null;
            });
        done += sizes.stream().mapToInt(Integer::intValue).sum();
      } while (watch.seconds() < seconds);
      return new Result(batch, calls, done / watch.seconds(), (double) tokens / segments.size());
    } finally {
      batches.forEach(inputs -> inputs.values().forEach(NativeTensor::close));
    }
  }

  private List<List<Segment>> parts(int batch) {
    Map<String, List<Segment>> byShape = new LinkedHashMap<>();
    for (Segment segment : segments) {
      StringBuilder shape = new StringBuilder();
      segment
          .inputs()
          .forEach((role, input) -> shape.append(role).append(Arrays.toString(input.shape())));
      byShape.computeIfAbsent(shape.toString(), key -> new ArrayList<>()).add(segment);
    }
    List<List<Segment>> parts = new ArrayList<>();
    for (List<Segment> same : byShape.values()) {
      for (int i = 0; i < same.size(); i += batch) {
        parts.add(same.subList(i, Math.min(same.size(), i + batch)));
      }
    }
    return parts;
  }
}
