package org.tessera.udf.audio.feature;

import java.util.Arrays;

/**
 * Logarithmic features no further below the loudest one than a range, as Whisper (8 in log10) and
 * librosa's {@code top_db} have them. Immutable and thread-safe.
 *
 * @param rows the features
 * @param range how far below the greatest value of all rows the others may be
 * @param dropsLast whether the last row is left out, before the greatest value is sought, as
 *     Whisper does
 */
public record LoudestRange(FrameTransform rows, double range, boolean dropsLast)
    implements FrameTransform {
  @Override
  public int frames(int samples) {
    return Math.max(0, rows.frames(samples) - (dropsLast ? 1 : 0));
  }

  @Override
  public int bins() {
    return rows.bins();
  }

  @Override
  public float[] apply(float[] samples) {
    float[] values = Arrays.copyOf(rows.apply(samples), frames(samples.length) * bins());
    float loudest = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      loudest = Math.max(loudest, value);
    }
    float least = (float) (loudest - range);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(values[i], least);
    }
    return values;
  }
}
