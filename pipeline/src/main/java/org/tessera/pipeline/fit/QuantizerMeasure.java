package org.tessera.pipeline.fit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.Quantizers;

/**
 * Runs a quantizer without tensors over all vectors: which codes occur, what error is left, and how
 * decoded dimensions relate to the vectors'.
 */
final class QuantizerMeasure implements VectorBlocks.Part {
  private static final long serialVersionUID = 1L;

  private final int[] radices;
  private final long[] counts;
  private final long[] errors;
  private final long[] products;
  private final long[] squares;
  private final double scale;
  private long vectors;

  private QuantizerMeasure(Quantizer quantizer, double scale) {
    this.radices = quantizer.radices();
    this.counts = new long[Math.toIntExact(Arrays.stream(radices).asLongStream().sum())];
    this.errors = new long[quantizer.errorsPerVector()];
    this.products = new long[quantizer.dimensions()];
    this.squares = new long[quantizer.dimensions()];
    this.scale = scale;
  }

  /** Measures a quantizer of the vectors' own dimensions. */
  static QuantizerMeasure of(
      VectorBlocks vectors, String family, SortedMap<String, Object> parameters) {
    double most = Math.max(1, Extent.of(vectors).absolute());
    double scale = FixedPoint.scale(4 * most * most, vectors.count());
    return (QuantizerMeasure) vectors.fold(new MeasureFold(family, parameters, scale)).get(0);
  }

  static final class MeasureFold implements VectorBlocks.Fold {
    private static final long serialVersionUID = 1L;

    private final String family;
    private final String parameters;
    private final double scale;

    MeasureFold(String family, SortedMap<String, Object> parameters, double scale) {
      this.family = family;
      this.scale = scale;
      try {
        this.parameters = new ObjectMapper().writeValueAsString(parameters);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("Cannot write parameters " + parameters, e);
      }
    }

    private Quantizer quantizer() {
      try {
        SortedMap<String, Object> read =
            new ObjectMapper()
                .readValue(parameters, new TypeReference<TreeMap<String, Object>>() {});
        return Quantizers.of(
            new QuantizerSpec(family, read),
            name -> {
              throw new IllegalArgumentException("Cannot find tensor " + name);
            });
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("Cannot read parameters " + parameters, e);
      }
    }

    @Override
    public VectorBlocks.FoldWorker open() {
      Quantizer quantizer = quantizer();
      QuantizerMeasure measure = new QuantizerMeasure(quantizer, scale);
      return new VectorBlocks.FoldWorker() {
        @Override
        public void add(Block block) {
          measure.add(quantizer, block);
        }

        @Override
        public Map<Integer, VectorBlocks.Part> parts() {
          return Map.of(0, measure);
        }
      };
    }
  }

  private void add(Quantizer quantizer, Block block) {
    int slots = radices.length;
    int dimensions = products.length;
    int[] ids = new int[block.count() * slots];
    float[] left = new float[block.count() * errors.length];
    float[] decoded = new float[block.count() * dimensions];
    quantizer.encode(block.values(), block.count(), ids, left);
    if (quantizer.decodable()) {
      quantizer.decode(ids, block.count(), decoded);
    }
    vectors += block.count();
    for (int row = 0; row < block.count(); row++) {
      int start = 0;
      for (int slot = 0; slot < slots; slot++) {
        counts[start + ids[row * slots + slot]]++;
        start += radices[slot];
      }
    }
    for (int i = 0; i < left.length; i++) {
      errors[i % errors.length] += (long) (left[i] * scale);
    }
    for (int i = 0; i < decoded.length; i++) {
      products[i % dimensions] += (long) ((double) decoded[i] * block.values()[i] * scale);
      squares[i % dimensions] += (long) ((double) decoded[i] * decoded[i] * scale);
    }
  }

  @Override
  public QuantizerMeasure merge(VectorBlocks.Part other) {
    QuantizerMeasure more = (QuantizerMeasure) other;
    Arrays.setAll(counts, i -> counts[i] + more.counts[i]);
    Arrays.setAll(errors, i -> errors[i] + more.errors[i]);
    Arrays.setAll(products, i -> products[i] + more.products[i]);
    Arrays.setAll(squares, i -> squares[i] + more.squares[i]);
    vectors += more.vectors;
    return this;
  }

  /** The number of ids of a vector. */
  int slots() {
    return radices.length;
  }

  /** How often each code of a slot occurred. */
  long[] counts(int slot) {
    int start = Arrays.stream(radices, 0, slot).sum();
    return Arrays.copyOfRange(counts, start, start + radices[slot]);
  }

  /** The mean error of a slot, or of the vector when slots have none of their own. */
  double loss(int slot) {
    return errors[Math.min(slot, errors.length - 1)] / scale / vectors;
  }

  /** For each dimension the factor that brings decoded values closest to the vectors'. */
  double[] gains() {
    double[] gains = new double[products.length];
    for (int i = 0; i < gains.length; i++) {
      gains[i] = squares[i] == 0 ? 1 : (double) products[i] / squares[i];
    }
    return gains;
  }
}
