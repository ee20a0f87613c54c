package org.tessera.pipeline.spark;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;

/**
 * An image tokenizer that a test can compute by hand: of a 32 × 32 crop each 8 × 8 patch becomes
 * the sixteenth of grey, 0 to 15, that its mean over pixels and channels lies in.
 */
public final class TinyImageBundle {
  private TinyImageBundle() {}

  public static Path write(Path directory, String name) throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        BundleWriter writer = BundleWriter.to(directory)) {
      Ops tf = Ops.create(graph);
      Placeholder<TUint8> images =
          tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, 32, 32, 3)));
      var patches = tf.reshape(tf.dtypes.cast(images, TFloat32.class), tf.array(-1, 4, 8, 4, 8, 3));
      var means = tf.math.mean(patches, tf.array(2, 4, 5));
      var ids = tf.dtypes.cast(tf.math.floor(tf.math.div(means, tf.constant(16f))), TInt32.class);
      Placeholder<TInt32> codes =
          tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 4, 4)));
      var grey =
          tf.math.add(
              tf.math.mul(tf.dtypes.cast(codes, TFloat32.class), tf.constant(16f)),
              tf.constant(8f));
      var pixels =
          tf.reshape(
              tf.broadcastTo(
                  tf.reshape(grey, tf.array(-1, 4, 1, 4, 1, 1)),
                  tf.concat(
                      List.of(
                          tf.slice(tf.shape(codes), tf.array(0), tf.array(1)),
                          tf.array(4, 8, 4, 8, 3)),
                      tf.constant(0))),
              tf.array(-1, 32, 32, 3));
      SavedModels.export(
          session,
          writer,
          Signature.builder("encode").input("images", images).output("ids", ids).build(),
          Signature.builder("decode")
              .input("ids", codes)
              .output("images", tf.dtypes.cast(pixels, TUint8.class))
              .build());
      writer.finish(
          TokenizerManifest.builder(name, Modality.IMAGE)
              .model(
                  ModelSpec.of(
                          "tensorflow",
                          "model",
                          SignatureSpec.of(
                              "encode", Map.of("signal", "images"), Map.of("ids", "ids")))
                      .withDecode(
                          SignatureSpec.of(
                              "decode", Map.of("ids", "ids"), Map.of("signal", "images"))))
              .step(new Step("resize_center_crop", parameters("size", 32)))
              .layout(
                  new TokenLayout(
                      List.of("row", "column"), List.of(4, 4), List.of(16), "", List.of()))
              .licence("Apache-2.0"));
      return directory;
    }
  }

  private static SortedMap<String, Object> parameters(String name, Object value) {
    return new TreeMap<>(Map.of(name, value));
  }
}
