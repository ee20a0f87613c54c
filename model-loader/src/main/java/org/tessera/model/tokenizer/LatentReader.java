package org.tessera.model.tokenizer;

import java.util.Arrays;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;

/** From the tensor of an encoder's latents to vectors in the layout's order. Thread-safe. */
final class LatentReader {
  private final TensorSpec spec;
  private final int[] order;

  /**
   * A reader.
   *
   * @param order for each axis of the result, the tensor's; empty when they are in order
   */
  LatentReader(TensorSpec spec, int[] order) {
    this.spec = spec;
    this.order = order.clone();
  }

  Latents read(NativeTensor latents, int batch) {
    int[] shape = Tensors.shape(latents);
    requireFit(latents.type().floating() && shape.length > 1, latents);
    float[] values = new float[Math.toIntExact(latents.size())];
    latents.read(0, values, 0, values.length);
    if (!spec.trim().equals(TensorSpec.Trim.NONE)) {
      int kept = Math.max(0, shape[1] - spec.trim().front() - spec.trim().back());
      values = trim(values, shape, kept);
      shape[1] = kept;
    }
    if (!spec.shape().isEmpty()) {
      long[] wanted = Shapes.of(spec, Arrays.stream(shape).asLongStream().toArray());
      shape = Arrays.stream(wanted).mapToInt(Math::toIntExact).toArray();
    }
    requireFit(order.length == 0 || order.length == shape.length, latents);
    if (order.length > 0 && !Permutation.identity(order)) {
      values = Permutation.apply(values, shape, order);
      shape = Permutation.shape(shape, order);
    }
    if (shape[0] != batch) {
      throw new ModelException(
          "Cannot use the latents "
              + spec.tensor()
              + ": they are of "
              + shape[0]
              + " samples, not of "
              + batch
              + " (the batch axis comes first; name the axes if it does not)");
    }
    return new Latents(batch, values, Arrays.copyOfRange(shape, 1, shape.length));
  }

  /** Leaves out positions of the axis after the batch's; a sample of fewer has none left. */
  private float[] trim(float[] values, int[] shape, int kept) {
    int width = Arrays.stream(shape).skip(2).reduce(1, (a, b) -> a * b);
    float[] trimmed = new float[shape[0] * kept * width];
    for (int i = 0; kept > 0 && i < shape[0]; i++) {
      int from = (i * shape[1] + spec.trim().front()) * width;
      System.arraycopy(values, from, trimmed, i * kept * width, kept * width);
    }
    return trimmed;
  }

  private void requireFit(boolean fits, NativeTensor latents) {
    if (!fits) {
      throw new ModelException(
          "Cannot use the latents "
              + spec.tensor()
              + ": they are "
              + latents.type().id()
              + Arrays.toString(latents.shape())
              + " (give floats, batch axis first, with the axes that the manifest names)");
    }
  }
}
