package org.tessera.model.quantize;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.npy.FloatTensor;

/** Short forms for tests. */
final class Specs {
  private Specs() {}

  static QuantizerSpec spec(String family, Object... namesAndValues) {
    TreeMap<String, Object> parameters = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      parameters.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return new QuantizerSpec(family, parameters);
  }

  /** The same spec with other values. */
  static QuantizerSpec with(QuantizerSpec spec, Object... namesAndValues) {
    TreeMap<String, Object> parameters = new TreeMap<>(spec.parameters());
    parameters.putAll(spec(spec.family(), namesAndValues).parameters());
    return new QuantizerSpec(spec.family(), parameters);
  }

  static Function<String, FloatTensor> tensors(Object... namesAndTensors) {
    Map<String, FloatTensor> map = new TreeMap<>();
    for (int i = 0; i < namesAndTensors.length; i += 2) {
      map.put((String) namesAndTensors[i], (FloatTensor) namesAndTensors[i + 1]);
    }
    return map::get;
  }

  static int[] encode(Quantizer quantizer, float... vectors) {
    int count = vectors.length / quantizer.dimensions();
    int[] ids = new int[count * quantizer.idsPerVector()];
    quantizer.encode(vectors, count, ids, null);
    return ids;
  }

  static float[] errors(Quantizer quantizer, float... vectors) {
    int count = vectors.length / quantizer.dimensions();
    int[] ids = new int[count * quantizer.idsPerVector()];
    float[] errors = new float[count * quantizer.errorsPerVector()];
    quantizer.encode(vectors, count, ids, errors);
    return errors;
  }

  static float[] decode(Quantizer quantizer, int... ids) {
    int count = ids.length / quantizer.idsPerVector();
    float[] vectors = new float[count * quantizer.decodedDimensions()];
    quantizer.decode(ids, count, vectors);
    return vectors;
  }

  static float[] gaussian(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
