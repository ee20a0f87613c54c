package org.tessera.pipeline.spark.fit;

import java.util.ArrayDeque;
import java.util.Random;
import org.tessera.pipeline.fit.TrainingSource;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * Inputs that need no files: the text is a seed of two samples of rows; {@code bad...} is a bad
 * sample, {@code nan...} has a value that is not finite, {@code wide...} has longer rows.
 */
final class RowsSource implements TrainingSource {
  private static final long serialVersionUID = 1L;

  static final int DIMENSIONS = 12;

  @Override
  public Samples open(String input) {
    ArrayDeque<Sample> samples = new ArrayDeque<>();
    boolean bad = input.startsWith("bad");
    for (int i = 0; i < 2 && !bad; i++) {
      samples.add(input.startsWith("wide") ? wide(input) : sample(input + "#" + i));
    }
    return new Samples() {
      private boolean thrown;

      @Override
      public Sample next() throws SampleException {
        if (bad && !thrown) {
          thrown = true;
          throw SampleException.of(Phase.DECODE, RejectCode.MALFORMED, "Cannot decode " + input);
        }
        return samples.poll();
      }
    };
  }

  private static Sample wide(String id) {
    return new Sample(id, new FloatFeatures(new float[2 * DIMENSIONS], 1, 2 * DIMENSIONS));
  }

  static Sample sample(String id) {
    Random random = new Random(id.hashCode());
    int rows = 20 + random.nextInt(30);
    float[] values = new float[rows * DIMENSIONS];
    for (int i = 0; i < values.length; i++) {
      // Variances differ, and dimension 5 follows dimension 0.
      int dimension = i % DIMENSIONS;
      values[i] = (float) random.nextGaussian() * (1 + dimension);
      if (dimension == 5) {
        values[i] = values[i - 5] * 2 + 0.01f * values[i];
      }
    }
    if (id.startsWith("nan")) {
      values[3 * DIMENSIONS + 4] = Float.NaN;
    }
    return new Sample(id, new FloatFeatures(values, rows, DIMENSIONS));
  }
}
