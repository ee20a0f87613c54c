package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;

/**
 * Axes of extent 1 that a model's tensor lacks and that everything else counts on. Immutable.
 *
 * @param batch whether the tensor is that of one sample
 * @param channel whether it holds single values where vectors are expected
 */
record MissingAxes(boolean batch, boolean channel) {
  /** What the tensor of a role lacks by its manifest. */
  static MissingAxes of(String role, TensorSpec spec) {
    boolean holdsVectors = role.equals(Roles.LATENTS) || role.equals(Roles.LOGITS);
    return new MissingAxes(!spec.hasBatch(), holdsVectors && !spec.hasChannel());
  }

  boolean none() {
    return !batch && !channel;
  }

  /** What a model says about the tensor, with the axes. */
  ModelSignature.TensorInfo whole(ModelSignature.TensorInfo info) {
    if (none() || info == null || info.shape() == null) {
      return info;
    }
    List<Long> shape = new ArrayList<>(batch ? List.of(1L) : List.of());
    shape.addAll(info.shape());
    if (channel) {
      shape.add(1L);
    }
    return new ModelSignature.TensorInfo(info.type(), shape);
  }

  /** The extents that a model declares, with those of the axes. */
  long[] extents(ModelSignature.TensorInfo info) {
    return whole(info).shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** A tensor of the model with the axes; closing it closes the model's. */
  NativeTensor whole(NativeTensor own) {
    return none() ? own : new Whole(own, this);
  }

  /** A copy without the axes, as the model takes it; the caller closes it. */
  NativeTensor own(ModelSession session, NativeTensor whole) {
    long[] shape = whole.shape();
    long[] own = Arrays.copyOfRange(shape, batch ? 1 : 0, shape.length - (channel ? 1 : 0));
    return Tensors.copy(whole, session, whole.type(), own, (values, count) -> {});
  }

  /**
   * Checks that the model's tensor has the other axes and no more.
   *
   * @throws ModelException when it has another number of axes than the manifest names
   */
  void require(String model, String kind, TensorSpec spec, ModelSignature.TensorInfo info) {
    if (!none() && info.shape() != null && info.shape().size() != spec.axes().size()) {
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

  private record Whole(NativeTensor own, MissingAxes missing) implements NativeTensor {
    @Override
    public ElementType type() {
      return own.type();
    }

    @Override
    public long[] shape() {
      long[] known = own.shape();
      long[] shape = new long[known.length + (missing.batch ? 1 : 0) + (missing.channel ? 1 : 0)];
      Arrays.fill(shape, 1);
      System.arraycopy(known, 0, shape, missing.batch ? 1 : 0, known.length);
      return shape;
    }

    @Override
    public void write(long index, float[] source, int offset, int length) {
      own.write(index, source, offset, length);
    }

    @Override
    public void write(long index, int[] source, int offset, int length) {
      own.write(index, source, offset, length);
    }

    @Override
    public void write(long index, byte[] source, int offset, int length) {
      own.write(index, source, offset, length);
    }

    @Override
    public void read(long index, float[] target, int offset, int length) {
      own.read(index, target, offset, length);
    }

    @Override
    public void read(long index, int[] target, int offset, int length) {
      own.read(index, target, offset, length);
    }

    @Override
    public void read(long index, byte[] target, int offset, int length) {
      own.read(index, target, offset, length);
    }

    @Override
    public void close() {
      own.close();
    }
  }
}
