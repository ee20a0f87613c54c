package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tessera.model.quantize.Specs.spec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.TensorFiles;
import org.tessera.model.testing.SharedData;

/** A trained codec: the features of Lyra V2 through its 46 codebooks give the codec's own ids. */
@Tag("corpus")
class LyraCodesTest {
  private static final int ALL = 46;
  private static final int DIMENSIONS = 64;
  private static final int HOP = 320;

  @ParameterizedTest
  @CsvSource({"sample1,46", "sample2,46", "sample1,16", "sample2,30"})
  void residualLevels(String sample, int levels) throws Exception {
    Path model = SharedData.path("models/lyra-v2-soundstream");
    float[] features = features(model, sample);
    int frames = features.length / DIMENSIONS;
    int[] all = Npy.read(model.resolve("expected/" + sample + "_ids_tf_float.npy")).toInts();
    int[] expected = new int[frames * levels];
    for (int i = 0; i < frames; i++) {
      System.arraycopy(all, i * ALL, expected, i * levels, levels);
    }
    Quantizer quantizer =
        Quantizers.of(
            spec(
                "residual",
                "codebooks",
                "codebooks_46x16x64.npy",
                "metric",
                "euclidean",
                "normalise",
                "none",
                "dequantise",
                "stored",
                "levels",
                levels),
            TensorFiles.in(model.resolve("expected")));
    int[] ids = new int[expected.length];
    quantizer.encode(features, frames, ids, null);
    assertThat(ids).isEqualTo(expected);
    try (GraphRunner graph = new GraphRunner(quantizer)) {
      assertThat(graph.encode(features, frames).ids()).isEqualTo(expected);
      float[] first = Arrays.copyOf(features, DIMENSIONS);
      assertThat(graph.encode(first, 1).ids()).isEqualTo(Arrays.copyOf(expected, levels));
    }
  }

  private static float[] features(Path model, String sample) throws Exception {
    byte[] wav = Files.readAllBytes(model.resolve("expected/" + sample + "_16kHz.wav"));
    ByteBuffer buffer = ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN);
    int at = 12;
    while (buffer.getInt(at) != 0x61746164) {
      at += 8 + buffer.getInt(at + 4);
    }
    int samples = buffer.getInt(at + 4) / 2;
    float[] audio = new float[samples / HOP * HOP];
    for (int i = 0; i < audio.length; i++) {
      audio[i] = buffer.getShort(at + 8 + 2 * i) / 32768f;
    }
    try (SavedModelBundle bundle =
            SavedModelBundle.load(model.resolve("saved_model").toString(), "serve");
        TFloat32 input =
            TFloat32.tensorOf(Shape.of(1, audio.length), DataBuffers.of(audio, true, false));
        var result =
            bundle.function(bundle.signatures().get(0).key()).call(Map.of("audio", input))) {
      TFloat32 features = (TFloat32) result.get("features").orElseThrow();
      float[] values = new float[(int) features.size()];
      features.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }
}
