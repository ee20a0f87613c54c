package org.tessera.model.quantize;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A quantizer's graph in a session of its own; the batch size is free. */
final class GraphRunner implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final Quantizer quantizer;
  private final Placeholder<TFloat32> latents;
  private final Placeholder<TInt32> ids;
  private final QuantizerGraphs.Encoded encoded;
  private final Operand<TFloat32> decoded;

  GraphRunner(Quantizer quantizer) {
    this.quantizer = quantizer;
    Ops tf = Ops.create(graph);
    latents = tf.placeholder(TFloat32.class, Placeholder.shape(shape(quantizer.latentShape())));
    ids = tf.placeholder(TInt32.class, Placeholder.shape(shape(quantizer.idsPerVector())));
    encoded = QuantizerGraphs.encode(tf, quantizer, latents);
    decoded = quantizer.decodable() ? QuantizerGraphs.decode(tf, quantizer, ids) : null;
    session = new Session(graph);
  }

  private static Shape shape(int... trailing) {
    Shape shape = Shape.of(Shape.UNKNOWN_SIZE);
    for (int extent : trailing) {
      shape = shape.append(extent);
    }
    return shape;
  }

  /** Ids and errors of {@code count} vectors. */
  Codes encode(float[] vectors, int count) {
    Shape shape = shape(quantizer.latentShape()).tail().prepend(count);
    try (TFloat32 input = TFloat32.tensorOf(shape, DataBuffers.of(vectors, true, false));
        Result result =
            session
                .runner()
                .feed(latents, input)
                .fetch(encoded.ids())
                .fetch(encoded.errors())
                .run()) {
      TInt32 ids = (TInt32) result.get(0);
      TFloat32 errors = (TFloat32) result.get(1);
      int[] idArray = new int[(int) ids.size()];
      ids.asRawTensor().data().asInts().read(idArray);
      float[] errorArray = new float[(int) errors.size()];
      errors.asRawTensor().data().asFloats().read(errorArray);
      return new Codes(idArray, errorArray, ids.shape(), errors.shape());
    }
  }

  float[] decode(int[] values, int count) {
    try (TInt32 input =
            TInt32.tensorOf(
                Shape.of(count, quantizer.idsPerVector()), DataBuffers.of(values, true, false));
        Result result = session.runner().feed(ids, input).fetch(decoded).run()) {
      TFloat32 vectors = (TFloat32) result.get(0);
      float[] array = new float[(int) vectors.size()];
      vectors.asRawTensor().data().asFloats().read(array);
      return array;
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }

  record Codes(int[] ids, float[] errors, Shape idShape, Shape errorShape) {}
}
