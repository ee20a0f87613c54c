package org.tessera.model.tokenizer;

import java.util.Arrays;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;

/** From the tensor of an encoder's latents to vectors in the layout's order. Thread-safe. */
final class LatentReader {
  private final String tensor;
  private final int[] order;

  /**
   * A reader.
   *
   * @param tensor how to call the tensor in messages
   * @param order for each axis of the result, the tensor's; empty when they are in order
   */
  LatentReader(String tensor, int[] order) {
    this.tensor = tensor;
    this.order = order.clone();
  }

  Latents read(NativeTensor latents, int batch) {
    int[] shape = Tensors.shape(latents);
    boolean fits = latents.type().floating() && shape.length > 1;
    if (!fits || (order.length > 0 && order.length != shape.length)) {
      throw new ModelException(
          "Cannot use the latents "
              + tensor
              + ": they are "
              + latents.type().id()
              + Arrays.toString(shape)
              + " (give floats, batch axis first, with the axes that the manifest names)");
    }
    float[] values = new float[Math.toIntExact(latents.size())];
    latents.read(0, values, 0, values.length);
    if (order.length > 0 && !Permutation.identity(order)) {
      values = Permutation.apply(values, shape, order);
      shape = Permutation.shape(shape, order);
    }
    if (shape[0] != batch) {
      throw new ModelException(
          "Cannot use the latents "
              + tensor
              + ": they are of "
              + shape[0]
              + " samples, not of "
              + batch
              + " (the batch axis comes first; name the axes if it does not)");
    }
    return new Latents(batch, values, Arrays.copyOfRange(shape, 1, shape.length));
  }
}
