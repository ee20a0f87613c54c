package org.tessera.udf.encode;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.Segment;

/**
 * The ids of one segment.
 *
 * @param ids row-major over {@code shape}; not copied
 * @param shape the extents, cut to the kept length where it varies; an extent may be 0
 * @param neighbours the best codes of each id, best first, as many for each; null when the
 *     tokenizer gives none
 * @param positions where the model says which positions along the last axis it keeps, those of the
 *     ids, ascending; else null
 */
public record SegmentCodes(int[] ids, int[] shape, int[] neighbours, int[] positions) {
  /** The name of the positions in a row's geometry. */
  private static final String KEPT = "kept";

  /**
   * Encodes one segment alone.
   *
   * @throws org.tessera.model.engine.ModelException when the model fails
   */
  public static SegmentCodes of(Tokenizer tokenizer, Segment segment) {
    return at(encode(tokenizer, List.of(segment)), 0, segment.geometry(), timeAxis(tokenizer));
  }

  /** The number of the layout's axis {@code time}, or -1. */
  static int timeAxis(Tokenizer tokenizer) {
    return tokenizer.manifest().layout().axes().indexOf("time");
  }

  /** Encodes segments whose inputs have the same shapes, as one batch. */
  static Codes encode(Tokenizer tokenizer, List<Segment> segments) {
    Map<String, NativeTensor> inputs = tensors(tokenizer, segments);
    try {
      return tokenizer.encode(inputs);
    } finally {
      inputs.values().forEach(NativeTensor::close);
    }
  }

  /**
   * The inputs of a batch, by role; the caller closes them.
   *
   * @param segments at least one, whose inputs have the same shapes
   */
  public static Map<String, NativeTensor> tensors(Tokenizer tokenizer, List<Segment> segments) {
    Map<String, NativeTensor> inputs = new HashMap<>();
    try {
      for (Map.Entry<String, Features> input : segments.get(0).inputs().entrySet()) {
        int[] shape = input.getValue().shape();
        long[] extents = new long[shape.length + 1];
        extents[0] = segments.size();
        long size = 1;
        for (int i = 0; i < shape.length; i++) {
          extents[i + 1] = shape[i];
          size *= shape[i];
        }
        NativeTensor tensor = tokenizer.allocate(input.getKey(), input.getValue().type(), extents);
        inputs.put(input.getKey(), tensor);
        for (int i = 0; i < segments.size(); i++) {
          segments.get(i).inputs().get(input.getKey()).writeTo(tensor, i * size);
        }
      }
      return inputs;
    } catch (RuntimeException e) {
      inputs.values().forEach(NativeTensor::close);
      throw e;
    }
  }

  /** One segment of a batch, without the tokens that its geometry says are not its own. */
  static SegmentCodes at(Codes codes, int index, SortedMap<String, Object> geometry, int timeAxis) {
    int size = 1;
    for (int extent : codes.shape()) {
      size *= extent;
    }
    int[] shape = codes.shape().clone();
    boolean ranked = codes.neighbours() != null;
    int count = ranked && size > 0 ? codes.neighbours().length / (codes.batch() * size) : 1;
    int[] ids = Arrays.copyOfRange(codes.ids(), index * size, (index + 1) * size);
    int[] neighbours =
        ranked
            ? Arrays.copyOfRange(
                codes.neighbours(), index * size * count, (index + 1) * size * count)
            : null;
    int[] positions = null;
    if (codes.lengths() != null) {
      int extent = codes.shape()[shape.length - 1];
      int kept = codes.lengths()[index];
      shape[shape.length - 1] = kept;
      ids = keepPrefix(ids, extent, kept);
      neighbours = ranked ? keepPrefix(neighbours, extent * count, kept * count) : null;
      if (codes.positions() != null) {
        positions = Arrays.copyOfRange(codes.positions(), index * extent, index * extent + kept);
      }
    }
    if (TokenTrim.isWanted(geometry)) {
      TokenTrim trim = TokenTrim.of(geometry, shape, timeAxis);
      int[] wide = Arrays.copyOf(shape, shape.length + 1);
      wide[shape.length] = count;
      ids = trim.apply(ids, shape, timeAxis);
      neighbours = ranked ? trim.apply(neighbours, wide, timeAxis) : null;
      shape[timeAxis] = trim.kept();
    }
    return new SegmentCodes(ids, shape, neighbours, positions);
  }

  /** What decoding these ids back needs: the segment's geometry and the positions of the ids. */
  SortedMap<String, Object> geometry(SortedMap<String, Object> segment) {
    if (positions == null) {
      return segment;
    }
    SortedMap<String, Object> geometry = new TreeMap<>(segment);
    geometry.put(KEPT, positions);
    return Collections.unmodifiableSortedMap(geometry);
  }

  /**
   * The positions that a row's geometry says its ids have along the last axis.
   *
   * @param geometry as JSON has it
   * @return null where it says none; -1 for what is no number
   */
  public static int[] positions(Map<String, ?> geometry) {
    return geometry.get(KEPT) instanceof List<?> positions
        ? positions.stream().mapToInt(it -> it instanceof Number n ? n.intValue() : -1).toArray()
        : null;
  }

  /**
   * How many ids differ from these: all when there are more or fewer, or they stand elsewhere.
   *
   * @param otherPositions null where the others have none
   */
  public int differing(int[] otherIds, int[] otherShape, int[] otherPositions) {
    if (!Arrays.equals(shape, otherShape) || !Arrays.equals(positions, otherPositions)) {
      return otherIds.length;
    }
    int differing = 0;
    for (int i = 0; i < ids.length; i++) {
      differing += ids[i] == otherIds[i] ? 0 : 1;
    }
    return differing;
  }

  private static int[] keepPrefix(int[] ids, int extent, int kept) {
    int[] prefix = new int[ids.length / extent * kept];
    for (int row = 0; row < ids.length / extent; row++) {
      System.arraycopy(ids, row * extent, prefix, row * kept, kept);
    }
    return prefix;
  }
}
