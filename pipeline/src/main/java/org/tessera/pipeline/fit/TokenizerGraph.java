package org.tessera.pipeline.fit;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.QuantizerGraphs;

/**
 * Builds the learned tokenizer as a graph of constants. {@code encode} takes {@code signal} and
 * gives {@code ids} with the slot axis (level, group or channel) first, where there is one, and
 * {@code quantization_error}; {@code decode} takes {@code ids} and gives {@code signal}. The
 * quantizer works on blocks of a fixed number of vectors, so ids do not depend on the batch.
 */
final class TokenizerGraph {
  private final Ops tf;
  private final SignalShape shape;
  private final int patch;
  private final Quantizer quantizer;

  TokenizerGraph(Ops tf, SignalShape shape, int patch, Quantizer quantizer) {
    this.tf = tf;
    this.shape = shape;
    this.patch = patch;
    this.quantizer = quantizer;
  }

  /** From signals to ids. */
  Signature encode() {
    Placeholder<? extends TType> signal =
        shape.bytes() ? placeholder(TUint8.class, "signal") : placeholder(TFloat32.class, "signal");
    Operand<TFloat32> floats =
        shape.bytes()
            ? tf.dtypes.cast(signal, TFloat32.class)
            : signal.asOutput().expect(TFloat32.class);
    Operand<TFloat32> vectors = patch > 0 ? patches(floats) : positions(floats);
    int axes = patch > 0 ? 2 : 1;
    Operand<TInt32> leading = tf.slice(tf.shape(vectors), tf.array(0), tf.array(1 + axes));
    Operand<TFloat32> rows = tf.reshape(vectors, tf.array(-1, quantizer.dimensions()));
    QuantizerGraphs.Encoded encoded = QuantizerGraphs.encode(tf, quantizer, rows);
    Operand<TInt32> ids = slotFirst(encoded.ids(), leading, axes);
    Operand<TFloat32> errors =
        tf.math.mean(
            tf.reshape(
                encoded.errors(),
                tf.stack(
                    List.of(
                        tf.gather(leading, tf.constant(0), tf.constant(0)),
                        tf.constant(-1),
                        tf.constant(quantizer.errorsPerVector())))),
            tf.constant(1));
    return Signature.builder("encode")
        .input("signal", signal)
        .output("ids", ids)
        .output("quantization_error", errors)
        .build();
  }

  private <T extends TType> Placeholder<T> placeholder(Class<T> type, String name) {
    return tf.withName(name).placeholder(type, Placeholder.shape(shape.batched()));
  }

  /** {@code [batch, height, width, channels]} to {@code [batch, rows, columns, vector]}. */
  private Operand<TFloat32> patches(Operand<TFloat32> images) {
    Operand<TFloat32> scaled =
        shape.bytes() ? tf.math.mul(images, tf.constant(VectorCutter.BYTE_SCALE)) : images;
    return patch == 1 ? scaled : tf.nn.spaceToDepth(scaled, (long) patch);
  }

  /** {@code [batch, ..., vector]} to {@code [batch, positions, vector]}. */
  private Operand<TFloat32> positions(Operand<TFloat32> features) {
    int last = shape.extents().get(shape.extents().size() - 1);
    if (shape.extents().size() == 2) {
      return features;
    }
    return shape.extents().size() == 1
        ? tf.expandDims(features, tf.constant(1))
        : tf.reshape(
            features,
            tf.stack(
                List.of(
                    tf.gather(tf.shape(features), tf.constant(0), tf.constant(0)),
                    tf.constant(-1),
                    tf.constant(last))));
  }

  /** {@code [vectors, slots]} to {@code [batch, slots, positions...]}. */
  private Operand<TInt32> slotFirst(Operand<TInt32> ids, Operand<TInt32> leading, int axes) {
    if (quantizer.slotAxis().isEmpty()) {
      return tf.reshape(ids, leading);
    }
    Operand<TInt32> last =
        tf.reshape(
            ids, tf.concat(List.of(leading, tf.array(quantizer.idsPerVector())), tf.constant(0)));
    return tf.linalg.transpose(
        last, tf.constant(axes == 2 ? new int[] {0, 3, 1, 2} : new int[] {0, 2, 1}));
  }

  /** From ids to signals. */
  Signature decode() {
    boolean slots = !quantizer.slotAxis().isEmpty();
    int axes = patch > 0 ? 2 : 1;
    long[] extents = new long[1 + (slots ? 1 : 0) + axes];
    java.util.Arrays.fill(extents, -1);
    if (slots) {
      extents[1] = quantizer.idsPerVector();
    }
    Placeholder<TInt32> ids =
        tf.withName("ids")
            .placeholder(TInt32.class, Placeholder.shape(org.tensorflow.ndarray.Shape.of(extents)));
    Operand<TInt32> slotLast =
        slots
            ? tf.linalg.transpose(
                ids, tf.constant(axes == 2 ? new int[] {0, 2, 3, 1} : new int[] {0, 2, 1}))
            : tf.expandDims(ids, tf.constant(-1));
    Operand<TInt32> leading = tf.slice(tf.shape(slotLast), tf.array(0), tf.array(1 + axes));
    Operand<TInt32> rows = tf.reshape(slotLast, tf.array(-1, quantizer.idsPerVector()));
    Operand<TFloat32> vectors = QuantizerGraphs.decode(tf, quantizer, rows);
    Operand<TFloat32> placed =
        tf.reshape(
            vectors, tf.concat(List.of(leading, tf.array(quantizer.dimensions())), tf.constant(0)));
    Operand<? extends TNumber> signal = patch > 0 ? image(placed) : features(placed);
    return Signature.builder("decode").input("ids", ids).output("signal", signal).build();
  }

  private Operand<? extends TNumber> image(Operand<TFloat32> patches) {
    Operand<TFloat32> image = patch == 1 ? patches : tf.nn.depthToSpace(patches, (long) patch);
    if (!shape.bytes()) {
      return image;
    }
    Operand<TFloat32> levels =
        tf.clipByValue(tf.math.mul(image, tf.constant(255f)), tf.constant(0f), tf.constant(255f));
    return tf.dtypes.cast(tf.math.rint(levels), TUint8.class);
  }

  /** Back to the features' own axes, where they are known. */
  private Operand<TFloat32> features(Operand<TFloat32> rows) {
    List<Integer> extents = shape.extents();
    long open = extents.stream().filter(extent -> extent < 0).count();
    if (extents.size() == 2 || open > 1) {
      return rows;
    }
    int[] own = new int[extents.size() + 1];
    own[0] = -1;
    for (int i = 0; i < extents.size(); i++) {
      own[i + 1] = extents.get(i);
    }
    if (open == 0) {
      return tf.reshape(rows, tf.constant(own));
    }
    Operand<TInt32> batch = tf.slice(tf.shape(rows), tf.array(0), tf.array(1));
    return tf.reshape(
        rows,
        tf.concat(
            List.of(batch, tf.constant(java.util.Arrays.copyOfRange(own, 1, own.length))),
            tf.constant(0)));
  }
}
