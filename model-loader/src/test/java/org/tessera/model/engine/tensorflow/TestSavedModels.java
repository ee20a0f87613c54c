package org.tessera.model.engine.tensorflow;

import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/** SavedModels that tests need, authored here. */
public final class TestSavedModels {
  /** The codebook of {@link #vectorQuantizer}: the corners of a square. */
  public static final float[][] CODES = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};

  private TestSavedModels() {}

  /**
   * A plain vector quantizer. {@code encode}: {@code vectors} float [?, ?, 2] to {@code ids} int32
   * [?, ?] (nearest of {@link #CODES}) and {@code error} float [?]; {@code decode}: {@code ids} to
   * {@code vectors}.
   */
  public static Path vectorQuantizer(Path directory) throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> vectors =
          tf.withName("vectors")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, 2)));
      var codes = tf.constant(CODES);
      var differences =
          tf.math.sub(
              tf.expandDims(vectors, tf.constant(2)), tf.reshape(codes, tf.array(1, 1, 4, 2)));
      var distances =
          tf.reduceSum(tf.math.square(differences), tf.constant(3), ReduceSum.keepDims(false));
      var ids = tf.math.argMin(distances, tf.constant(2), TInt32.class);
      var error = tf.math.mean(tf.min(distances, tf.constant(2)), tf.constant(1));

      Placeholder<TInt32> codeIds =
          tf.withName("code_ids").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, -1)));
      var decoded = tf.gather(codes, codeIds, tf.constant(0));
      return export(
          directory,
          session,
          Signature.builder("encode")
              .input("vectors", vectors)
              .output("ids", ids)
              .output("error", error)
              .build(),
          Signature.builder("decode").input("ids", codeIds).output("vectors", decoded).build());
    }
  }

  /** {@code encode}: inputs of three types come out one larger. */
  public static Path increments(Path directory) throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> floats =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
      Placeholder<TInt64> longs = tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(-1)));
      Placeholder<TUint8> bytes = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1)));
      return export(
          directory,
          session,
          Signature.builder("encode")
              .input("floats", floats)
              .input("longs", longs)
              .input("bytes", bytes)
              .output("floats_out", tf.math.add(floats, tf.constant(1f)))
              .output("longs_out", tf.math.add(longs, tf.constant(1L)))
              .output("bytes_out", tf.math.add(bytes, tf.constant(TUint8.vectorOf((byte) 1))))
              .build());
    }
  }

  /**
   * A model that returns its input as latents. {@code encode}: {@code features} float of the given
   * rank to {@code latents}, twice the features; {@code decode}: {@code latents} to {@code signal},
   * half the latents.
   */
  public static Path features(Path directory, int rank) throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      long[] extents = new long[rank];
      java.util.Arrays.fill(extents, Shape.UNKNOWN_SIZE);
      Shape open = Shape.of(extents);
      Placeholder<TFloat32> features = tf.placeholder(TFloat32.class, Placeholder.shape(open));
      Placeholder<TFloat32> latents = tf.placeholder(TFloat32.class, Placeholder.shape(open));
      return export(
          directory,
          session,
          Signature.builder("encode")
              .input("features", features)
              .output("latents", tf.math.mul(features, tf.constant(2f)))
              .build(),
          Signature.builder("decode")
              .input("latents", latents)
              .output("signal", tf.math.mul(latents, tf.constant(.5f)))
              .build());
    }
  }

  /**
   * A model that wants to know how long its input is. {@code encode}: {@code features} float [?, ?,
   * 2], {@code lengths} int32 [?] and {@code mask} float [?, ?] to {@code latents}, features times
   * mask plus lengths.
   */
  public static Path lengths(Path directory) throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> features =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, 2)));
      Placeholder<TInt32> lengths = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
      Placeholder<TFloat32> mask =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1)));
      var masked = tf.math.mul(features, tf.expandDims(mask, tf.constant(-1)));
      var added = tf.reshape(tf.dtypes.cast(lengths, TFloat32.class), tf.array(-1, 1, 1));
      return export(
          directory,
          session,
          Signature.builder("encode")
              .input("features", features)
              .input("lengths", lengths)
              .input("mask", mask)
              .output("latents", tf.math.add(masked, added))
              .build());
    }
  }

  /**
   * A codec of two rates. {@code encode}: {@code signal} float [?, ?] to its whole numbers, {@code
   * coarse} int64 every second one and {@code fine} int64 all; {@code decode}: both to {@code
   * sound}, coarse ones a hundredfold, twice each, plus fine ones.
   */
  public static Path rates(Path directory) throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Shape open = Shape.of(-1, -1);
      Placeholder<TFloat32> signal = tf.placeholder(TFloat32.class, Placeholder.shape(open));
      var all = tf.dtypes.cast(signal, TInt64.class);
      var second = tf.stridedSlice(all, tf.array(0, 0), tf.array(1 << 30, 1 << 30), tf.array(1, 2));
      Placeholder<TInt64> coarse = tf.placeholder(TInt64.class, Placeholder.shape(open));
      Placeholder<TInt64> fine = tf.placeholder(TInt64.class, Placeholder.shape(open));
      var twice =
          tf.reshape(
              tf.stack(List.of(coarse, coarse), org.tensorflow.op.core.Stack.axis(2L)),
              tf.shape(fine));
      var sum = tf.math.add(tf.math.mul(twice, tf.constant(100L)), fine);
      return export(
          directory,
          session,
          Signature.builder("encode")
              .input("signal", signal)
              .output("coarse", second)
              .output("fine", all)
              .build(),
          Signature.builder("decode")
              .input("coarse", coarse)
              .input("fine", fine)
              .output("sound", tf.dtypes.cast(sum, TFloat32.class))
              .build());
    }
  }

  /** {@code encode}: {@code x} int32 [?, ?] to {@code ids}, the same, after writing a file. */
  public static Path fileWriter(Path directory, Path loot) throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt32> x = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, -1)));
      var write = tf.io.writeFile(tf.constant(loot.toString()), tf.constant("taken"));
      var ids = tf.withControlDependencies(write).identity(x);
      return export(
          directory, session, Signature.builder("encode").input("x", x).output("ids", ids).build());
    }
  }

  /**
   * A layer whose kernel depends on the number of rows. {@code encode}: {@code x} float [?, 768] to
   * {@code ids} int32 [?], the highest of 768 scores, and {@code scores} float [?, 768].
   */
  public static Path dense(Path directory) throws Exception {
    int size = 768;
    java.util.Random random = new java.util.Random(1);
    float[] weights = new float[size * size];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, size)));
      var matrix = tf.reshape(tf.constant(weights), tf.array(size, size));
      var scores = tf.linalg.matMul(x, matrix);
      return export(
          directory,
          session,
          Signature.builder("encode")
              .input("x", x)
              .output("ids", tf.math.argMax(scores, tf.constant(1), TInt32.class))
              .output("scores", scores)
              .build());
    }
  }

  /**
   * {@code encode}: {@code x} int32 [?, 3], {@code offsets} int32 [3] and {@code seed} int64 [] to
   * {@code ids}, their sum.
   */
  public static Path sums(Path directory) throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt32> x = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 3)));
      Placeholder<TInt32> offsets = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(3)));
      Placeholder<TInt64> seed = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
      var ids = tf.math.add(tf.math.add(x, offsets), tf.dtypes.cast(seed, TInt32.class));
      return export(
          directory,
          session,
          Signature.builder("encode")
              .input("x", x)
              .input("offsets", offsets)
              .input("seed", seed)
              .output("ids", ids)
              .build());
    }
  }

  private static Path export(Path directory, Session session, Signature... signatures)
      throws Exception {
    SavedModelBundle.Exporter exporter =
        SavedModelBundle.exporter(directory.toString())
            .withTags(SavedModelBundle.DEFAULT_TAG)
            .withSession(session);
    for (Signature signature : signatures) {
      exporter.withSignature(signature);
    }
    exporter.export();
    return directory;
  }
}
