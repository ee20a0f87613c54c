package org.tessera.pipeline.fit;

import java.io.Serializable;
import java.util.Arrays;
import java.util.TreeMap;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.sample.SampleException;

/** What reading a group of inputs gave, apart from the vectors. Not thread-safe. */
public final class Harvest implements Serializable {
  private static final long serialVersionUID = 1L;

  /** An axis whose extent differs between samples. */
  static final int VARIES = -1;

  private final TreeMap<String, Long> rejects = new TreeMap<>();
  private int group;
  private long inputs;
  private long samples;
  private long vectors;
  private int dimensions;
  private String type = "";
  private int[] shape = new int[0];

  /** An empty harvest. */
  public Harvest() {}

  Harvest(int group) {
    this.group = group;
  }

  void input() {
    inputs++;
  }

  void sample(Features features, int count, int length) {
    samples++;
    vectors += count;
    dimensions = length;
    type(features.type().name(), features.shape());
  }

  void reject(SampleException e) {
    rejects.merge(e.phase().id() + "/" + e.code(), 1L, Long::sum);
  }

  /** Both together. */
  public Harvest merge(Harvest other) {
    inputs += other.inputs;
    samples += other.samples;
    vectors += other.vectors;
    other.rejects.forEach((code, count) -> rejects.merge(code, count, Long::sum));
    if (other.samples > 0) {
      dimensions = other.dimensions;
      type(other.type, other.shape);
    }
    return this;
  }

  private void type(String newType, int[] newShape) {
    if (type.isEmpty()) {
      type = newType;
      shape = newShape.clone();
      return;
    }
    boolean equal =
        type.equals(newType)
            && shape.length == newShape.length
            && (shape.length == 0 || shape[shape.length - 1] == newShape[shape.length - 1]);
    if (!equal) {
      throw new FitException(
          FitException.Kind.DATA,
          "Cannot learn from features of type "
              + newType
              + " and shape "
              + Arrays.toString(newShape)
              + " together with "
              + type
              + " and "
              + Arrays.toString(shape)
              + " (let the front-end make equal numbers of axes and an equal last axis)");
    }
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = shape[axis] == newShape[axis] ? shape[axis] : VARIES;
    }
  }

  /** The group's number, from 0. */
  public int group() {
    return group;
  }

  long inputs() {
    return inputs;
  }

  long samples() {
    return samples;
  }

  /** The number of vectors. */
  public long vectors() {
    return vectors;
  }

  /** The length of a vector; 0 when there was no sample. */
  public int dimensions() {
    return dimensions;
  }

  /** The number of bad samples by phase and code, e.g. {@code decode/TRUNCATED}. */
  TreeMap<String, Long> rejects() {
    return new TreeMap<>(rejects);
  }

  long rejected() {
    return rejects.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The element type of the features; empty when there was no sample. */
  String type() {
    return type;
  }

  /** The extents of the features, {@link #VARIES} where samples differ. */
  int[] shape() {
    return shape.clone();
  }
}
