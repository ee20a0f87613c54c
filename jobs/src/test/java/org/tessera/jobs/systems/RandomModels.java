package org.tessera.jobs.systems;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.engine.ElementType;
import org.tessera.udf.frontend.Features;

/** Writes a SavedModel with random weights and a published model's input and output geometry. */
final class RandomModels {
  private final Ops tf;
  private final Geometry geometry;
  private final TokenLayout layout;
  private final Random random = new Random(6);

  private RandomModels(Ops tf, Geometry geometry, TokenLayout layout) {
    this.tf = tf;
    this.geometry = geometry;
    this.layout = layout;
  }

  /**
   * Writes one.
   *
   * @param inputs the model's inputs by role, with an example of each that the front-end gives
   * @param outputs the model's outputs by role
   */
  static void write(
      Path directory,
      Geometry geometry,
      TokenLayout layout,
      Map<String, TensorSpec> inputs,
      Map<String, Features> examples,
      Map<String, TensorSpec> outputs)
      throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      RandomModels builder = new RandomModels(tf, geometry, layout);
      Signature.Builder signature = Signature.builder("serving_default");
      Operand<TFloat32> signal = null;
      List<Operand<TFloat32>> others = new ArrayList<>();
      for (Map.Entry<String, TensorSpec> input : inputs.entrySet()) {
        Operand<?> placeholder = builder.input(examples.get(input.getKey()));
        signature.input(input.getValue().tensor(), placeholder);
        if (input.getKey().equals(Roles.SIGNAL)) {
          signal = placeholder.asOutput().expect(TFloat32.class);
        } else {
          others.add(builder.mean(placeholder));
        }
      }
      for (Operand<TFloat32> other : others) {
        // Every input counts.
        signal = tf.math.add(signal, tf.math.mul(other, tf.constant(1e-3f)));
      }
      Operand<TFloat32> latents = builder.latents(signal, elements(examples.get(Roles.SIGNAL)));
      for (Map.Entry<String, TensorSpec> output : outputs.entrySet()) {
        if (output.getKey().equals(Roles.IDS)) {
          builder.ids(latents, output.getValue()).forEach(signature::output);
          continue;
        }
        signature.output(
            output.getValue().tensor(),
            output.getKey().equals(Roles.KEPT)
                ? builder.kept(latents)
                : builder.transpose(latents, output.getValue().axes()));
      }
      SavedModelBundle.exporter(directory.toString())
          .withSession(session)
          .withSignature(signature.build())
          .export();
    }
  }

  private static int elements(Features example) {
    return java.util.Arrays.stream(example.shape()).reduce(1, (a, b) -> a * b);
  }

  private Operand<?> input(Features example) {
    if (example == null) {
      return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    }
    Shape shape = Shape.of(Shape.UNKNOWN_SIZE);
    for (int ignored : example.shape()) {
      shape = shape.append(Shape.UNKNOWN_SIZE);
    }
    return example.type() == ElementType.INT32
        ? tf.placeholder(TInt32.class, Placeholder.shape(shape))
        : tf.placeholder(TFloat32.class, Placeholder.shape(shape));
  }

  private Operand<TFloat32> mean(Operand<?> operand) {
    Operand<TFloat32> floats =
        operand.asOutput().type().equals(TInt32.class)
            ? tf.dtypes.cast(operand.asOutput().expect(TInt32.class), TFloat32.class)
            : operand.asOutput().expect(TFloat32.class);
    return tf.math.mean(tf.reshape(floats, tf.array(-1)), tf.constant(0));
  }

  /** Ids of the dimensions, as many of each position in each tensor as the template says. */
  private Map<String, Operand<TInt32>> ids(Operand<TFloat32> latents, TensorSpec spec) {
    Operand<TInt32> all =
        tf.math.floorMod(
            tf.dtypes.cast(tf.math.mul(latents, tf.constant(1e4f)), TInt32.class),
            tf.constant(layout.radices().get(0)));
    Map<String, Operand<TInt32>> ids = new LinkedHashMap<>();
    int from = 0;
    for (int i = 0; i < spec.tensors().size(); i++) {
      int each = spec.beside().each().get(i);
      Operand<TInt32> own = tf.slice(all, tf.array(0, 0, from), tf.array(-1, -1, each));
      ids.put(
          spec.tensors().get(i),
          tf.reshape(own, tf.stack(List.of(batch(latents), tf.constant(-1)))));
      from += each;
    }
    return ids;
  }

  /** {@code [batch, positions]}: where the first dimension is positive, about every second one. */
  private Operand<TBool> kept(Operand<TFloat32> latents) {
    return tf.math.greater(tf.gather(latents, tf.constant(0), tf.constant(-1)), tf.constant(0f));
  }

  /** {@code [batch, positions..., dimensions]}, positions as the layout has them. */
  private Operand<TFloat32> latents(Operand<TFloat32> signal, int elements) {
    int step = geometry.step();
    return switch (geometry.kind()) {
      case "frames" -> project(shaped(signal, -1, step), step, -1);
      case "bins" -> bins(signal, step);
      case "patches" -> patches(signal, step);
      case "grid" -> grid(signal, step);
      case "sources" -> sources(signal, step);
      default -> flat(signal, elements);
    };
  }

  /** Groups of neighbouring frames; a rest that does not fill a group is left out. */
  private Operand<TFloat32> bins(Operand<TFloat32> signal, int step) {
    Operand<TInt32> frames = tf.gather(tf.shape(signal), tf.constant(1), tf.constant(0));
    Operand<TInt32> kept =
        tf.math.mul(tf.math.floorDiv(frames, tf.constant(step)), tf.constant(step));
    Operand<TFloat32> whole =
        tf.slice(
            signal, tf.array(0, 0, 0), tf.stack(List.of(tf.constant(-1), kept, tf.constant(-1))));
    return project(shaped(whole, -1, step * 128), step * 128, -1);
  }

  private Operand<TFloat32> patches(Operand<TFloat32> signal, int step) {
    List<Integer> places = positions();
    Operand<TFloat32> whole =
        tf.slice(signal, tf.array(0, 0, 0), tf.array(-1, places.get(0) * step, -1));
    Operand<TFloat32> cut = shaped(whole, places.get(0), step, places.get(1), step);
    return project(
        tf.linalg.transpose(cut, tf.array(0, 1, 3, 2, 4)),
        step * step,
        places.get(0),
        places.get(1));
  }

  private Operand<TFloat32> grid(Operand<TFloat32> signal, int step) {
    Operand<TInt32> rows = extent(signal, 2, step);
    Operand<TInt32> columns = extent(signal, 3, step);
    Operand<TInt32> side = tf.constant(step);
    Operand<TFloat32> cut =
        tf.reshape(
            signal, tf.stack(List.of(batch(signal), tf.constant(3), rows, side, columns, side)));
    Operand<TFloat32> vectors =
        tf.reshape(
            tf.linalg.transpose(cut, tf.array(0, 2, 4, 1, 3, 5)), tf.array(-1, 3 * step * step));
    return tf.reshape(
        tf.linalg.matMul(vectors, weights(3 * step * step, geometry.dimensions())),
        tf.stack(List.of(batch(signal), rows, columns, tf.constant(geometry.dimensions()))));
  }

  private Operand<TFloat32> sources(Operand<TFloat32> signal, int step) {
    Operand<TFloat32> mean = tf.math.mean(signal, tf.constant(1));
    int sources = positions().get(0);
    int times = positions().get(1);
    Operand<TFloat32> vectors =
        tf.linalg.matMul(
            tf.reshape(mean, tf.array(-1, step)), weights(step, sources * geometry.dimensions()));
    Operand<TFloat32> byTime =
        tf.reshape(vectors, tf.array(-1, times, sources, geometry.dimensions()));
    return tf.linalg.transpose(byTime, tf.array(0, 2, 1, 3));
  }

  /** The whole signal cut into as many equal pieces as there are positions. */
  private Operand<TFloat32> flat(Operand<TFloat32> signal, int elements) {
    int[] places = positions().stream().mapToInt(Integer::intValue).toArray();
    int count = java.util.Arrays.stream(places).reduce(1, (a, b) -> a * b);
    int length = elements / count;
    Operand<TFloat32> used =
        tf.slice(shaped(signal, elements), tf.array(0, 0), tf.array(-1, count * length));
    return project(shaped(used, count, length), length, places);
  }

  private Operand<TFloat32> project(Operand<TFloat32> rows, int length, int... places) {
    Operand<TFloat32> vectors =
        tf.linalg.matMul(
            tf.reshape(rows, tf.array(-1, length)), weights(length, geometry.dimensions()));
    List<Operand<TInt32>> shape = new ArrayList<>();
    shape.add(batch(rows));
    for (int place : places) {
      shape.add(tf.constant(place));
    }
    shape.add(tf.constant(geometry.dimensions()));
    return tf.reshape(vectors, tf.stack(shape));
  }

  /** The same batch with other inner extents. */
  private Operand<TFloat32> shaped(Operand<TFloat32> signal, int... inner) {
    List<Operand<TInt32>> shape = new ArrayList<>();
    shape.add(batch(signal));
    for (int extent : inner) {
      shape.add(tf.constant(extent));
    }
    return tf.reshape(signal, tf.stack(shape));
  }

  private Operand<TInt32> batch(Operand<TFloat32> signal) {
    return tf.gather(tf.shape(signal), tf.constant(0), tf.constant(0));
  }

  private Operand<TInt32> extent(Operand<TFloat32> signal, int axis, int step) {
    return tf.math.floorDiv(
        tf.gather(tf.shape(signal), tf.constant(axis), tf.constant(0)), tf.constant(step));
  }

  /** From {@code [batch, positions..., channel]} to the axes that the template names. */
  private Operand<TFloat32> transpose(Operand<TFloat32> latents, List<String> axes) {
    if (axes.isEmpty()) {
      return latents;
    }
    List<String> own = new ArrayList<>(List.of(Roles.BATCH_AXIS));
    layout.axes().stream().filter(axis -> !axis.equals(layout.slotAxis())).forEach(own::add);
    own.add(Roles.CHANNEL_AXIS);
    return tf.linalg.transpose(
        latents, tf.constant(axes.stream().mapToInt(own::indexOf).toArray()));
  }

  /** The positions' extents: the layout's without its slot axis. */
  private List<Integer> positions() {
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < layout.axes().size(); i++) {
      if (!layout.axes().get(i).equals(layout.slotAxis())) {
        positions.add(layout.shape().get(i));
      }
    }
    return positions;
  }

  private Operand<TFloat32> weights(int inputs, int outputs) {
    float[] weights = new float[inputs * outputs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() * 3 / Math.sqrt(inputs));
    }
    return tf.constant(Shape.of(inputs, outputs), DataBuffers.of(weights, true, false));
  }
}
