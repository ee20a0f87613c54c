package org.tessera.pipeline.fit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tessera.model.npy.NpyArray;

/**
 * An affine map and its way back: {@code y = (x - mean) · forward} and {@code x = y · backward +
 * offset}, the offset being the mean unless vectors go back to another space. Immutable by
 * convention: nobody changes the arrays.
 */
public final class Transform implements VectorBlocks.BlockMap, Serializable {
  private static final long serialVersionUID = 1L;

  private final int from;
  private final int to;
  private final float[] mean;
  private final float[] forward;
  private final float[] backward;
  private final float[] offset;
  private final double kept;

  /**
   * A transform.
   *
   * @param mean {@code from} values
   * @param forward {@code from × to}, row-major
   * @param backward {@code to × from}, row-major
   * @param kept the share of the variance that the way there and back keeps
   */
  Transform(float[] mean, float[] forward, float[] backward, double kept) {
    this(mean, forward, backward, mean, kept);
  }

  private Transform(float[] mean, float[] forward, float[] backward, float[] offset, double kept) {
    this.from = mean.length;
    this.to = forward.length / mean.length;
    this.mean = mean;
    this.forward = forward;
    this.backward = backward;
    this.offset = offset;
    this.kept = kept;
  }

  /** The length of a vector before the transform. */
  public int from() {
    return from;
  }

  /** The length of a vector after it. */
  public int to() {
    return to;
  }

  /** The share of the variance that the way there and back keeps, from 0 to 1. */
  public double kept() {
    return kept;
  }

  float[] mean() {
    return mean;
  }

  float[] forward() {
    return forward;
  }

  float[] backward() {
    return backward;
  }

  /** Minus the mean, and nothing else. */
  static Transform centering(double[] mean) {
    int size = mean.length;
    float[] center = new float[size];
    float[] identity = new float[size * size];
    for (int i = 0; i < size; i++) {
      center[i] = (float) mean[i];
      identity[i * size + i] = 1;
    }
    return new Transform(center, identity, identity, 1);
  }

  /** This transform, then each dimension multiplied by a factor. */
  Transform scaled(double[] factors) {
    float[] there = forward.clone();
    float[] back = backward.clone();
    for (int i = 0; i < there.length; i++) {
      there[i] = (float) (there[i] * factors[i % to]);
      back[i] = (float) (back[i] / factors[i / from]);
    }
    return new Transform(mean, there, back, kept);
  }

  /** The same transform, whose way back multiplies each dimension by a factor first. */
  Transform withGains(double[] gains) {
    float[] back = backward.clone();
    for (int i = 0; i < back.length; i++) {
      back[i] = (float) (back[i] * gains[i / from]);
    }
    return new Transform(mean, forward, back, kept);
  }

  /** The same transform, whose way back ends with {@code x · scale + shift}. */
  Transform withOutput(double scale, double shift) {
    float[] back = backward.clone();
    for (int i = 0; i < back.length; i++) {
      back[i] = (float) (back[i] * scale);
    }
    float[] end = offset.clone();
    for (int i = 0; i < end.length; i++) {
      end[i] = (float) (end[i] * scale + shift);
    }
    return new Transform(mean, forward, back, end, kept);
  }

  /** This transform, then {@code y · rotation}. */
  Transform rotated(double[][] rotation) {
    RealMatrix turn = new Array2DRowRealMatrix(rotation, false);
    return new Transform(
        mean,
        floats(matrix(forward, from, to).multiply(turn)),
        floats(turn.transpose().multiply(matrix(backward, to, from))),
        kept);
  }

  private static RealMatrix matrix(float[] values, int rows, int columns) {
    RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
    for (int i = 0; i < values.length; i++) {
      matrix.setEntry(i / columns, i % columns, values[i]);
    }
    return matrix;
  }

  private static float[] floats(RealMatrix matrix) {
    int columns = matrix.getColumnDimension();
    float[] values = new float[matrix.getRowDimension() * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) matrix.getEntry(i / columns, i % columns);
    }
    return values;
  }

  /** The way there as {@code W x + b}: W is {@code [to, from]}. */
  NpyArray forwardWeight() {
    return NpyArray.of(transposed(forward, from, to), to, from);
  }

  /** The way there as {@code W x + b}: b is {@code -mean · forward}. */
  NpyArray forwardBias() {
    float[] bias = new float[to];
    for (int j = 0; j < to; j++) {
      double sum = 0;
      for (int i = 0; i < from; i++) {
        sum -= (double) mean[i] * forward[i * to + j];
      }
      bias[j] = (float) sum;
    }
    return NpyArray.of(bias, to);
  }

  /** The way back as {@code W y + b}: W is {@code [from, to]}. */
  NpyArray backwardWeight() {
    return NpyArray.of(transposed(backward, to, from), from, to);
  }

  /** The way back as {@code W y + b}: b is the offset. */
  NpyArray backwardBias() {
    return NpyArray.of(offset.clone(), from);
  }

  private static float[] transposed(float[] values, int rows, int columns) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i % columns * rows + i / columns] = values[i];
    }
    return result;
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      KMeansState.writeFloats(out, mean);
      KMeansState.writeFloats(out, forward);
      KMeansState.writeFloats(out, backward);
      out.writeDouble(kept);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Transform of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return new Transform(
          KMeansState.readFloats(in),
          KMeansState.readFloats(in),
          KMeansState.readFloats(in),
          in.readDouble());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Nodes(Placeholder<TFloat32> vectors, Operand<TFloat32> transformed) {}

  @Override
  public VectorBlocks.MapWorker open() {
    BlockSession.Handle<Nodes> handle = new BlockSession.Handle<>();
    BlockSession session =
        new BlockSession(
            tf -> {
              Placeholder<TFloat32> vectors =
                  tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, from)));
              Operand<TFloat32> matrix =
                  tf.constant(Shape.of(from, to), DataBuffers.of(forward, true, false));
              return new Nodes(
                  vectors, tf.linalg.matMul(tf.math.sub(vectors, tf.constant(mean)), matrix));
            },
            handle);
    return new VectorBlocks.MapWorker() {
      @Override
      public Block apply(Block block) {
        float[] result = new float[block.count() * to];
        try (TFloat32 vectors = BlockSession.matrix(block.count(), from, block.values());
            Result run =
                session
                    .runner()
                    .feed(handle.value().vectors().asOutput(), vectors)
                    .fetch(handle.value().transformed())
                    .run()) {
          BlockSession.read(run.get(0), result);
        }
        return block.with(to, result);
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }
}
