package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;

/**
 * A tensor that a model gives without a batch axis, as a batch of one; and what is needed around a
 * model that takes and gives such tensors ({@link TensorSpec#hasBatch}). Closing it closes the
 * model's.
 */
record SingleSample(NativeTensor sample) implements NativeTensor {
  /** What a model says about a tensor, with a batch axis of 1 where it has none. */
  static ModelSignature.TensorInfo info(TensorSpec spec, ModelSignature.TensorInfo info) {
    if (spec.hasBatch() || info == null || info.shape() == null) {
      return info;
    }
    List<Long> shape = new ArrayList<>(List.of(1L));
    shape.addAll(info.shape());
    return new ModelSignature.TensorInfo(info.type(), shape);
  }

  /**
   * Checks the axes that a manifest gives a tensor without batch axis.
   *
   * @throws ModelException when the model's tensor has another number of axes
   */
  static void requireAxes(
      String model, String kind, TensorSpec spec, ModelSignature.TensorInfo info) {
    if (!spec.hasBatch() && info.shape() != null && info.shape().size() != spec.axes().size()) {
      throw new ModelException(
          "Cannot use "
              + kind
              + " "
              + spec.tensor()
              + " "
              + info
              + " of "
              + model
              + ": the manifest gives it the axes "
              + spec.axes()
              + " (name the axes that it has)");
    }
  }

  /** A copy of a batch of one without its batch axis; the caller closes it. */
  static NativeTensor withoutBatch(ModelSession session, NativeTensor batch) {
    long[] shape = batch.shape();
    long[] own = Arrays.copyOfRange(shape, 1, shape.length);
    return Tensors.copy(batch, session, batch.type(), own, (values, count) -> {});
  }

  @Override
  public ElementType type() {
    return sample.type();
  }

  @Override
  public long[] shape() {
    long[] own = sample.shape();
    long[] shape = new long[own.length + 1];
    shape[0] = 1;
    System.arraycopy(own, 0, shape, 1, own.length);
    return shape;
  }

  @Override
  public void write(long index, float[] source, int offset, int length) {
    sample.write(index, source, offset, length);
  }

  @Override
  public void write(long index, int[] source, int offset, int length) {
    sample.write(index, source, offset, length);
  }

  @Override
  public void write(long index, byte[] source, int offset, int length) {
    sample.write(index, source, offset, length);
  }

  @Override
  public void read(long index, float[] target, int offset, int length) {
    sample.read(index, target, offset, length);
  }

  @Override
  public void read(long index, int[] target, int offset, int length) {
    sample.read(index, target, offset, length);
  }

  @Override
  public void read(long index, byte[] target, int offset, int length) {
    sample.read(index, target, offset, length);
  }

  @Override
  public void close() {
    sample.close();
  }
}
