package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tessera.model.quantize.Specs.spec;
import static org.tessera.model.quantize.Specs.tensors;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.npy.FloatTensor;

/** A quantizer travels in a SavedModel: loops, codebook and all. */
class SavedQuantizerTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {100, 20000})
  void givesTheSameIdsAfterLoading(int codes) throws Exception {
    Quantizer quantizer =
        Quantizers.of(
            spec(
                "vq",
                "codebook",
                "c",
                "metric",
                "euclidean",
                "normalise",
                "none",
                "dequantise",
                "stored"),
            tensors("c", FloatTensor.of(Specs.gaussian(1, codes * 4), codes, 4)));
    Path model = directory.resolve("model");
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> latents =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, 4)));
      Signature signature =
          Signature.builder("encode")
              .input("latents", latents)
              .output("ids", QuantizerGraphs.encode(tf, quantizer, latents).ids())
              .build();
      SavedModelBundle.exporter(model.toString())
          .withSession(session)
          .withSignature(signature)
          .export();
    }
    assertThat(Files.exists(model.resolve("saved_model.pb"))).isTrue();
    float[] vectors = Specs.gaussian(2, 300 * 4);
    int[] expected = new int[300];
    quantizer.encode(vectors, 300, expected, null);
    try (SavedModelBundle bundle = SavedModelBundle.load(model.toString(), "serve");
        TFloat32 input =
            TFloat32.tensorOf(Shape.of(3, 100, 4), DataBuffers.of(vectors, true, false));
        Result result = bundle.function("encode").call(Map.of("latents", input))) {
      TInt32 ids = (TInt32) result.get("ids").orElseThrow();
      assertThat(ids.shape().asArray()).containsExactly(3, 100, 1);
      int[] values = new int[300];
      ids.asRawTensor().data().asInts().read(values);
      assertThat(values).isEqualTo(expected);
    }
  }
}
