package org.tessera.pipeline.fit;

import java.io.Serializable;

/** Codes, each a vector. Immutable by convention: nobody changes {@code values}. */
public final class Codebook implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int codes;
  private final int dimensions;
  private final float[] values;

  /** Made when first needed. */
  private CodeGroups groups;

  /**
   * A codebook.
   *
   * @param codes the number of codes, at least 1
   * @param values {@code codes × dimensions}, row-major; not copied
   */
  public Codebook(int codes, float[] values) {
    this.codes = codes;
    this.dimensions = values.length / codes;
    this.values = values;
  }

  public int codes() {
    return codes;
  }

  public int dimensions() {
    return dimensions;
  }

  /** The codes, row-major; not to be changed. */
  public float[] values() {
    return values;
  }

  /** Groups of neighbours, which all searches share. */
  synchronized CodeGroups groups() {
    groups = groups == null ? CodeGroups.of(this) : groups.here();
    return groups;
  }

  /** The same codes at other places, in the same groups. */
  Codebook moved(float[] newValues) {
    Codebook moved = new Codebook(codes, newValues);
    moved.groups = groups().again();
    return moved;
  }

  /** The greatest absolute value. */
  double absolute() {
    double most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    return most;
  }

  /** The squared Euclidean distance between a vector and a code. */
  float squaredDistance(float[] vectors, int row, int code) {
    return squaredDistance(vectors, row * dimensions, values, code * dimensions, dimensions);
  }

  /** The squared Euclidean distance between a vector and a code, in 64 bits. */
  double exactSquaredDistance(float[] vectors, int row, int code) {
    int a = row * dimensions;
    int b = code * dimensions;
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < dimensions; i += 4) {
      double d0 = (double) vectors[a + i] - values[b + i];
      double d1 = (double) vectors[a + i + 1] - values[b + i + 1];
      double d2 = (double) vectors[a + i + 2] - values[b + i + 2];
      double d3 = (double) vectors[a + i + 3] - values[b + i + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; i < dimensions; i++) {
      double d = (double) vectors[a + i] - values[b + i];
      s0 += d * d;
    }
    return (s0 + s1) + (s2 + s3);
  }

  static float squaredDistance(float[] a, int aStart, float[] b, int bStart, int length) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      float d0 = a[aStart + i] - b[bStart + i];
      float d1 = a[aStart + i + 1] - b[bStart + i + 1];
      float d2 = a[aStart + i + 2] - b[bStart + i + 2];
      float d3 = a[aStart + i + 3] - b[bStart + i + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; i < length; i++) {
      float d = a[aStart + i] - b[bStart + i];
      s0 += d * d;
    }
    return (s0 + s1) + (s2 + s3);
  }
}
