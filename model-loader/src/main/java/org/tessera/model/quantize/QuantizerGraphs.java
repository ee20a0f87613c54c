package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.GraphMath;
import org.tessera.model.quantize.graph.RowBlocks;

/**
 * Builds quantizers as operations of a TensorFlow graph, behind a model's latents or in front of
 * its decoder. Codebooks become constants of the graph, so they travel in a SavedModel; nothing is
 * stateful.
 *
 * <p>Shapes: with {@code S} the quantizer's {@link Quantizer#latentShape} and any leading axes
 * {@code ...}, latents are {@code [..., S]}, ids {@code [..., idsPerVector]} and errors {@code
 * [..., errorsPerVector]}. The last axis is always there, also when it is 1, so that one rule
 * serves all families; ids of one code a vector have as many elements as their leading axes say, so
 * a reshape to the token layout costs nothing.
 */
public final class QuantizerGraphs {
  private QuantizerGraphs() {}

  /**
   * What the encoder gives.
   *
   * @param ids {@code [..., idsPerVector]}
   * @param errors {@code [..., errorsPerVector]}, as {@link Quantizer#encode} defines them; the
   *     last extent is 0 where the family has none
   */
  public record Encoded(Operand<TInt32> ids, Operand<TFloat32> errors) {}

  /**
   * Adds the operations from latents to ids. The ids of a vector do not depend on the number of
   * vectors beside it: rows are processed in blocks of a fixed size.
   *
   * @param latents {@code [..., latentShape]}, at least the trailing axes known
   * @throws IllegalArgumentException when the trailing axes do not fit the quantizer
   */
  public static Encoded encode(Ops tf, Quantizer quantizer, Operand<TFloat32> latents) {
    FamilyQuantizer family = (FamilyQuantizer) quantizer;
    int[] trailing = quantizer.latentShape();
    checkTrailing(latents.shape(), trailing, "latents");
    Operand<TInt32> leading = leading(tf, latents, trailing.length);
    Operand<TFloat32> rows =
        tf.reshape(latents, tf.constant(new int[] {-1, quantizer.dimensions()}));
    RowBlocks.Extents extents =
        new RowBlocks.Extents(
            family.blockRows(),
            quantizer.dimensions(),
            quantizer.idsPerVector(),
            quantizer.errorsPerVector());
    BlockCodes codes = RowBlocks.map(tf, rows, extents, family.constants(tf), family::encodeBlock);
    return new Encoded(
        tf.reshape(codes.ids(), with(tf, leading, quantizer.idsPerVector())),
        tf.reshape(codes.errors(), with(tf, leading, quantizer.errorsPerVector())));
  }

  /**
   * Adds the operations from ids to latents.
   *
   * @param ids {@code [..., idsPerVector]}; -1 drops a level where the family allows it. Other ids
   *     outside their radix fail the run on a CPU, and give zeros on a GPU, which does not check
   * @return {@code [..., decodedShape]}
   * @throws UnsupportedOperationException when the quantizer is not {@link Quantizer#decodable}
   */
  public static Operand<TFloat32> decode(Ops tf, Quantizer quantizer, Operand<TInt32> ids) {
    if (!quantizer.decodable()) {
      throw new UnsupportedOperationException(
          "Cannot decode: this quantizer keeps no vectors for its ids");
    }
    int slots = quantizer.idsPerVector();
    checkTrailing(ids.shape(), new int[] {slots}, "ids");
    Operand<TInt32> leading = leading(tf, ids, 1);
    Operand<TFloat32> rows =
        ((FamilyQuantizer) quantizer)
            .decodeRows(tf, tf.reshape(ids, tf.constant(new int[] {-1, slots})));
    return tf.reshape(rows, with(tf, leading, quantizer.decodedShape()));
  }

  /**
   * Adds the operations from latents to the best {@code many} codes of each, best first, ties by
   * id; the first is the id. {@link CodeNeighbours} is the reference.
   *
   * @param latents {@code [..., dimensions]}
   * @return {@code [..., many]}
   * @throws IllegalArgumentException when the quantizer is not a {@code vq} (alone or projected),
   *     or has fewer codes, or {@code many} is more than 8192
   */
  public static Operand<TInt32> neighbours(
      Ops tf, Quantizer quantizer, Operand<TFloat32> latents, int many) {
    Codebook codebook = CodeNeighbours.codebook(quantizer, many);
    checkTrailing(latents.shape(), quantizer.latentShape(), "latents");
    int d = quantizer.dimensions();
    RowBlocks.Extents extents = new RowBlocks.Extents(256, d, many, 0);
    List<Operand<?>> constants = new ArrayList<>();
    if (quantizer instanceof ProjectedQuantizer projected) {
      constants.addAll(projected.in().constants(tf));
    }
    int maps = constants.size();
    constants.addAll(codebook.constants(tf));
    BlockCodes codes =
        RowBlocks.map(
            tf,
            GraphMath.reshape(tf, latents, -1, d),
            extents,
            constants,
            (f, rows, own) -> {
              Operand<TFloat32> vectors =
                  maps == 0 ? rows : LinearMap.apply(f, rows, own.subList(0, maps));
              List<Operand<?>> tables = own.subList(maps, own.size());
              return new BlockCodes(codebook.best(f, vectors, tables, many), null, null);
            });
    return tf.reshape(codes.ids(), with(tf, leading(tf, latents, 1), many));
  }

  private static void checkTrailing(Shape shape, int[] trailing, String what) {
    boolean fits = shape.isUnknown() || shape.numDimensions() >= trailing.length;
    for (int i = 1; fits && !shape.isUnknown() && i <= trailing.length; i++) {
      long extent = shape.get(shape.numDimensions() - i);
      fits = extent == Shape.UNKNOWN_SIZE || extent == trailing[trailing.length - i];
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "Cannot quantize "
              + what
              + " of shape "
              + shape
              + ": the quantizer takes [..., "
              + Arrays.toString(trailing).substring(1)
              + " (fix the model's output or the quantizer's tensors)");
    }
  }

  private static Operand<TInt32> leading(Ops tf, Operand<?> operand, int trailing) {
    Operand<TInt32> shape = tf.shape(operand);
    Operand<TInt32> rank = tf.rank(operand);
    return tf.slice(
        shape,
        tf.constant(new int[] {0}),
        tf.reshape(tf.math.sub(rank, tf.constant(trailing)), tf.constant(new int[] {1})));
  }

  private static Operand<TInt32> with(Ops tf, Operand<TInt32> leading, int... trailing) {
    return tf.concat(List.of(leading, tf.constant(trailing)), tf.constant(0));
  }
}
