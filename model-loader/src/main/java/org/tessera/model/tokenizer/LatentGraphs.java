package org.tessera.model.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceProd;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.tensorflow.GraphSession;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.QuantizerGraphs;

/** Adds a quantizer to a TensorFlow session, behind an encoder or in front of a decoder. */
final class LatentGraphs {
  private static final String ENCODE = "tessera_encode";
  private static final String DECODE = "tessera_decode";
  private static final List<String> COUNTS = List.of(Roles.LENGTHS, Roles.KEPT);

  private final Quantizer quantizer;
  private final TokenLayout layout;
  private final LatentAxes axes;
  private final int neighbours;

  /**
   * For one quantizer and layout.
   *
   * @param neighbours how many best codes of each id to give beside it; 0 for none
   * @throws ModelException when they do not fit together
   */
  LatentGraphs(String tokenizer, TokenLayout layout, Quantizer quantizer, int neighbours) {
    this.neighbours = neighbours;
    this.quantizer = quantizer;
    this.layout = layout;
    this.axes = new LatentAxes(tokenizer, layout, quantizer);
  }

  /**
   * Continues an encode signature of the same session.
   *
   * @param role the role of its output that is quantized: {@code latents} or {@code logits}
   * @return the new signature, from the same inputs to ids
   */
  SignatureSpec extend(GraphSession session, SignatureSpec encode, String role) {
    TensorSpec latents = encode.outputs().get(role);
    Map<String, TensorSpec> counts = counts(encode);
    Map<String, TensorSpec> outputs = outputs();
    outputs.putAll(counts);
    session.extend(
        ENCODE,
        encode.name(),
        (tf, known) -> {
          Map<String, Operand<?>> kept = new TreeMap<>();
          counts.forEach((count, spec) -> kept.put(count, whole(tf, known, count, spec)));
          Map<String, Operand<?>> results =
              encode(tf, whole(tf, known, role, latents), latents, kept);
          counts.forEach((count, spec) -> results.put(spec.tensor(), known.get(spec.tensor())));
          return new GraphSession.Built(Map.of(), results);
        });
    return new SignatureSpec(ENCODE, encode.inputs(), new TreeMap<>(outputs));
  }

  /**
   * Quantizes what another engine or the front-end gives.
   *
   * @param role the role of the input
   * @param latents what the manifest says about it
   * @param counts the types of what says beside it how many ids there are, by role
   * @return the new signature, from latents to ids; counts come out as they go in
   */
  SignatureSpec defineEncode(
      GraphSession session, String role, TensorSpec latents, Map<String, ElementType> counts) {
    boolean isReshaped = !latents.shape().isEmpty();
    Shape shape = isReshaped ? Shape.unknown() : Shape.of(axes.vectors(latents));
    Map<String, TensorSpec> inputs = new TreeMap<>(Map.of(role, TensorSpec.of(role)));
    Map<String, TensorSpec> outputs = outputs();
    for (String count : counts.keySet()) {
      inputs.put(count, TensorSpec.of(count));
      outputs.put(count, TensorSpec.of(count));
    }
    session.define(
        ENCODE,
        (tf, none) -> {
          Placeholder<TFloat32> input = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
          Map<String, Operand<?>> kept = new TreeMap<>();
          counts.forEach((count, type) -> kept.put(count, input(tf, type)));
          Map<String, Operand<?>> results = encode(tf, input, latents, kept);
          kept.forEach((count, operand) -> results.put(count, tf.identity(operand)));
          Map<String, Operand<?>> fed = new TreeMap<>(kept);
          fed.put(role, input);
          return new GraphSession.Built(fed, results);
        });
    return new SignatureSpec(ENCODE, new TreeMap<>(inputs), new TreeMap<>(outputs));
  }

  /**
   * Turns ids into latents.
   *
   * @param role the role of the output
   * @param latents what the decoder's manifest says about its input
   * @return the new signature, from ids to latents
   */
  SignatureSpec defineDecode(GraphSession session, String role, TensorSpec latents) {
    session.define(
        DECODE,
        (tf, none) -> {
          Placeholder<TInt32> ids =
              tf.placeholder(TInt32.class, Placeholder.shape(open(axes.layoutIds().size())));
          return new GraphSession.Built(
              Map.of(Roles.IDS, ids), Map.of(role, decode(tf, ids, latents)));
        });
    return SignatureSpec.of(DECODE, Map.of(Roles.IDS, Roles.IDS), Map.of(role, role));
  }

  /** What a model gives, with the axes that it lacks. */
  private static Operand<?> whole(
      Ops tf, Map<String, Output<?>> known, String role, TensorSpec spec) {
    MissingAxes missing = MissingAxes.of(role, spec);
    Operand<?> whole = known.get(spec.tensor());
    whole = missing.batch() ? tf.expandDims(whole, tf.constant(0)) : whole;
    return missing.channel() ? tf.expandDims(whole, tf.constant(-1)) : whole;
  }

  private Map<String, TensorSpec> outputs() {
    Map<String, TensorSpec> outputs = new TreeMap<>();
    outputs.put(Roles.IDS, TensorSpec.of(Roles.IDS));
    if (quantizer.errorsPerVector() > 0) {
      outputs.put(Roles.QUANTIZATION_ERROR, TensorSpec.of(Roles.QUANTIZATION_ERROR));
    }
    if (neighbours > 0) {
      outputs.put(Roles.NEIGHBOURS, TensorSpec.of(Roles.NEIGHBOURS));
    }
    return outputs;
  }

  /** What a signature says about the number of a sample's ids. */
  static Map<String, TensorSpec> counts(SignatureSpec encode) {
    Map<String, TensorSpec> counts = new TreeMap<>(encode.outputs());
    counts.keySet().retainAll(COUNTS);
    return counts;
  }

  private Map<String, Operand<?>> encode(
      Ops tf, Operand<?> model, TensorSpec spec, Map<String, Operand<?>> kept) {
    Operand<TFloat32> latents = shaped(tf, floats(tf, model, spec), spec);
    if (!spec.axes().isEmpty()) {
      latents = transpose(tf, latents, Permutation.order(spec.vectorAxes(), axes.ordered(spec)));
    }
    latents = ensured(tf, latents);
    QuantizerGraphs.Encoded encoded = QuantizerGraphs.encode(tf, quantizer, latents);
    Map<String, Operand<?>> outputs = new TreeMap<>();
    outputs.put(Roles.IDS, layoutIds(tf, encoded.ids(), latents.shape()));
    if (quantizer.errorsPerVector() > 0) {
      outputs.put(Roles.QUANTIZATION_ERROR, sampleErrors(tf, encoded.errors(), kept));
    }
    if (neighbours > 0) {
      // One id a vector: a slot axis has one slot, and the order of ids is that of positions.
      outputs.put(Roles.NEIGHBOURS, QuantizerGraphs.neighbours(tf, quantizer, latents, neighbours));
    }
    return outputs;
  }

  /** Fails the run, naming both shapes, where a model of open extents gives other vectors. */
  private Operand<TFloat32> ensured(Ops tf, Operand<TFloat32> latents) {
    if (latents.shape().isUnknown()) {
      return latents;
    }
    int rank = latents.shape().numDimensions();
    int[] trailing = quantizer.latentShape();
    long[] extents = new long[rank];
    Arrays.fill(extents, Shape.UNKNOWN_SIZE);
    for (int i = 0; i < trailing.length && trailing.length <= rank; i++) {
      extents[rank - trailing.length + i] = trailing[i];
    }
    return tf.ensureShape(latents, Shape.of(extents));
  }

  private static Operand<TFloat32> shaped(Ops tf, Operand<TFloat32> latents, TensorSpec spec) {
    int front = spec.trim().front();
    int back = spec.trim().back();
    if (front > 0 || back > 0) {
      latents =
          tf.stridedSlice(
              latents,
              tf.array(0, front),
              tf.array(0, -back),
              tf.array(1, 1),
              StridedSlice.beginMask(1L),
              StridedSlice.endMask(back == 0 ? 3L : 1L));
    }
    return spec.shape().isEmpty() ? latents : reshape(tf, latents, latents, spec);
  }

  /** Gives an array the extents of a manifest behind the batch of another. */
  private static <T extends TType> Operand<T> reshape(
      Ops tf, Operand<T> operand, Operand<?> batchOf, TensorSpec spec) {
    int[] trailing = spec.shape().stream().mapToInt(Integer::intValue).toArray();
    Operand<TInt32> batch = tf.slice(tf.shape(batchOf), tf.array(0), tf.array(1));
    return tf.reshape(operand, tf.concat(List.of(batch, tf.constant(trailing)), tf.constant(0)));
  }

  private Operand<TInt32> layoutIds(Ops tf, Operand<TInt32> ids, Shape latents) {
    if (!axes.hasSlot()) {
      return tf.squeeze(ids, Squeeze.axis(List.of(-1L)));
    }
    int trailing = quantizer.latentShape().length;
    int rank =
        latents.isUnknown() ? axes.quantizerIds().size() : latents.numDimensions() - trailing + 1;
    return transpose(tf, ids, axes.toLayout(rank));
  }

  /** From {@code [batch, ..., errors]} to the mean over a sample's positions that are kept. */
  private Operand<TFloat32> sampleErrors(
      Ops tf, Operand<TFloat32> errors, Map<String, Operand<?>> kept) {
    Operand<TInt32> shape = tf.shape(errors);
    Operand<TInt32> rank = tf.reshape(tf.rank(errors), tf.array(1));
    Operand<TInt32> batch = tf.slice(shape, tf.array(0), tf.array(1));
    Operand<TInt32> positions =
        product(tf, tf.slice(shape, tf.array(1), tf.math.sub(rank, tf.array(2))));
    Operand<TInt32> own = tf.array(quantizer.errorsPerVector());
    Operand<TFloat32> mask = mask(tf, kept, batch, positions);
    if (mask == null) {
      Operand<TFloat32> rows =
          tf.reshape(errors, tf.concat(List.of(batch, positions, own), tf.constant(0)));
      return tf.math.mean(rows, tf.constant(1), Mean.keepDims(false));
    }
    Operand<TInt32> last = tf.slice(tf.shape(mask), tf.array(1), tf.array(1));
    Operand<TInt32> outer = tf.math.floorDiv(positions, last);
    Operand<TFloat32> rows =
        tf.reshape(errors, tf.concat(List.of(batch, outer, last, own), tf.constant(0)));
    Operand<TFloat32> weights = tf.expandDims(tf.expandDims(mask, tf.constant(1)), tf.constant(-1));
    // Chosen, not multiplied: what stands at other positions may be NaN.
    Operand<TFloat32> chosen =
        tf.select(tf.math.greater(weights, tf.constant(0f)), rows, tf.zerosLike(rows));
    Operand<TFloat32> count =
        tf.math.mul(tf.sum(weights, tf.array(1, 2)), tf.dtypes.cast(outer, TFloat32.class));
    return tf.math.div(tf.sum(chosen, tf.array(1, 2)), tf.math.maximum(count, tf.constant(1f)));
  }

  /**
   * Ones for the positions along the last axis that a sample keeps, {@code [batch, extent]}; null
   * when it keeps all, or that axis is not one of positions.
   */
  private Operand<TFloat32> mask(
      Ops tf, Map<String, Operand<?>> kept, Operand<TInt32> batch, Operand<TInt32> positions) {
    if (!axes.endsWithPositions()) {
      return null;
    }
    if (kept.containsKey(Roles.KEPT)) {
      Operand<?> mask = kept.get(Roles.KEPT);
      Operand<TInt32> extent = product(tf, tf.slice(tf.shape(mask), tf.array(1), tf.array(-1)));
      return tf.reshape(
          tf.dtypes.cast(mask, TFloat32.class), tf.concat(List.of(batch, extent), tf.constant(0)));
    }
    if (!kept.containsKey(Roles.LENGTHS) || axes.positions() > 1) {
      return null;
    }
    Operand<TInt32> places =
        tf.range(tf.constant(0), tf.reshape(positions, tf.constant(new int[0])), tf.constant(1));
    Operand<TInt32> lengths =
        tf.reshape(
            tf.dtypes.cast(kept.get(Roles.LENGTHS), TInt32.class),
            tf.concat(List.of(batch, tf.array(1)), tf.constant(0)));
    return tf.dtypes.cast(tf.math.less(places, lengths), TFloat32.class);
  }

  private static Operand<TInt32> product(Ops tf, Operand<TInt32> extents) {
    return tf.reduceProd(extents, tf.array(0), ReduceProd.keepDims(true));
  }

  private Operand<? extends TNumber> decode(Ops tf, Operand<TInt32> ids, TensorSpec spec) {
    Operand<TInt32> rows =
        axes.hasSlot()
            ? transpose(tf, ids, Permutation.order(axes.layoutIds(), axes.quantizerIds()))
            : tf.expandDims(ids, tf.constant(-1));
    Operand<TFloat32> latents = QuantizerGraphs.decode(tf, quantizer, rows);
    if (!spec.axes().isEmpty()) {
      return transpose(tf, latents, Permutation.order(axes.ordered(spec), spec.vectorAxes()));
    }
    if (!spec.shape().isEmpty()) {
      return reshape(tf, latents, ids, spec);
    }
    return latents;
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Ops tf, Operand<?> operand, TensorSpec spec) {
    Class<?> type = operand.asOutput().type();
    if (type.equals(TFloat32.class)) {
      return (Operand<TFloat32>) operand;
    }
    if (!TNumber.class.isAssignableFrom(type)) {
      throw new ModelException(
          "Cannot quantize output " + spec.tensor() + ": it holds no numbers (" + type + ")");
    }
    return tf.dtypes.cast((Operand<? extends TNumber>) operand, TFloat32.class);
  }

  private static <T extends TType> Operand<T> transpose(Ops tf, Operand<T> operand, int[] order) {
    return Permutation.identity(order) ? operand : tf.linalg.transpose(operand, tf.constant(order));
  }

  private static Operand<?> input(Ops tf, ElementType type) {
    Placeholder.Options shape = Placeholder.shape(Shape.unknown());
    return type == ElementType.BOOL
        ? tf.placeholder(TBool.class, shape)
        : tf.placeholder(TInt32.class, shape);
  }

  private static Shape open(int rank) {
    long[] extents = IntStream.range(0, rank).mapToLong(axis -> Shape.UNKNOWN_SIZE).toArray();
    return Shape.of(extents);
  }

  @Override
  public String toString() {
    return layout.axes() + Arrays.toString(quantizer.radices());
  }
}
