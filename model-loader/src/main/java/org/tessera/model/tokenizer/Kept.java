package org.tessera.model.tokenizer;

import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;

/**
 * Which positions along the last axis of a layout the samples of a batch keep. Arrays are not
 * copied.
 *
 * @param mask row-major over {@code [batch, extent]}
 * @param extent the number of positions
 */
record Kept(boolean[] mask, int extent) {
  /**
   * The positions that a mask names, in the role {@code kept}.
   *
   * @throws IllegalArgumentException when it is no mask of these extents
   */
  static Kept mask(NativeTensor tensor, int batch, int extent) {
    ElementType type = tensor.type();
    if ((type != ElementType.BOOL && !type.integral())
        || tensor.size() != (long) batch * extent
        || (tensor.shape().length > 0 && tensor.shape()[0] != batch)) {
      throw new IllegalArgumentException(
          described(tensor)
              + " (give true or false for each of "
              + extent
              + " positions a sample)");
    }
    boolean[] mask = new boolean[batch * extent];
    int[] values = new int[mask.length];
    if (type == ElementType.BOOL) {
      byte[] bytes = new byte[mask.length];
      tensor.read(0, bytes, 0, bytes.length);
      for (int i = 0; i < bytes.length; i++) {
        values[i] = bytes[i];
      }
    } else {
      tensor.read(0, values, 0, values.length);
    }
    for (int i = 0; i < mask.length; i++) {
      if (values[i] != 0 && values[i] != 1) {
        throw new IllegalArgumentException(
            "it says " + values[i] + " (1 for a kept position, 0 for the others)");
      }
      mask[i] = values[i] == 1;
    }
    return new Kept(mask, extent);
  }

  /**
   * The first positions, as many as the role {@code lengths} says.
   *
   * @throws IllegalArgumentException when there are not that many
   */
  static Kept lengths(NativeTensor tensor, int batch, int extent) {
    if (!tensor.type().integral() || tensor.size() != batch) {
      throw new IllegalArgumentException(described(tensor) + " (one whole number a sample)");
    }
    int[] lengths = new int[batch];
    tensor.read(0, lengths, 0, batch);
    boolean[] mask = new boolean[batch * extent];
    for (int sample = 0; sample < batch; sample++) {
      int length = lengths[sample];
      if (length < 0 || length > extent) {
        throw new IllegalArgumentException(
            "it says " + length + " (the last axis has " + extent + " ids)");
      }
      java.util.Arrays.fill(mask, sample * extent, sample * extent + length, true);
    }
    return new Kept(mask, extent);
  }

  private static String described(NativeTensor tensor) {
    return "it is " + tensor.type().id() + java.util.Arrays.toString(tensor.shape());
  }

  /** Of the first positions only. */
  Kept first(int count) {
    if (count == extent) {
      return this;
    }
    boolean[] cut = new boolean[mask.length / extent * count];
    for (int i = 0; i < cut.length; i++) {
      cut[i] = mask[i / count * extent + i % count];
    }
    return new Kept(cut, count);
  }

  /** How many positions each sample keeps. */
  int[] lengths() {
    int[] lengths = new int[extent == 0 ? 0 : mask.length / extent];
    for (int i = 0; i < mask.length; i++) {
      lengths[i / extent] += mask[i] ? 1 : 0;
    }
    return lengths;
  }

  /** The kept positions of each sample in order, zeros behind them: {@code [batch, extent]}. */
  int[] positions() {
    int[] all = new int[mask.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = i % extent;
    }
    return pack(all, 1);
  }

  /**
   * The vectors at the positions that a sample keeps.
   *
   * @param latents of a batch of one, at all positions
   */
  Latents of(Latents latents) {
    int width = latents.shape()[latents.shape().length - 1];
    int rows = latents.values().length / (extent * width);
    int count = lengths()[0];
    float[] values = new float[rows * count * width];
    int to = 0;
    for (int i = 0; i < rows * extent; i++) {
      if (mask[i % extent]) {
        System.arraycopy(latents.values(), i * width, values, to, width);
        to += width;
      }
    }
    int[] shape = rows == 1 ? new int[] {count, width} : new int[] {rows, count, width};
    return new Latents(1, values, shape);
  }

  /**
   * Moves what belongs to kept positions to the front of its row, in order; zeros follow.
   *
   * @param values row-major over {@code [batch, ..., extent, width]}
   */
  int[] pack(int[] values, int width) {
    int[] packed = new int[values.length];
    int row = extent * width;
    int rows = row == 0 ? 0 : values.length / row;
    for (int r = 0; r < rows; r++) {
      // Rows of one sample follow each other.
      int sample = (int) ((long) r * (mask.length / extent) / rows);
      int to = r * row;
      for (int position = 0; position < extent; position++) {
        if (mask[sample * extent + position]) {
          System.arraycopy(values, r * row + position * width, packed, to, width);
          to += width;
        }
      }
    }
    return packed;
  }
}
