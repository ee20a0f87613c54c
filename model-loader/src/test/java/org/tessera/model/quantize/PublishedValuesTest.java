package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tessera.model.quantize.Specs.decode;
import static org.tessera.model.quantize.Specs.encode;
import static org.tessera.model.quantize.Specs.spec;
import static org.tessera.model.quantize.Specs.tensors;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tessera.model.npy.FloatTensor;

/** Values computed by hand, or with plain Python from the published formulas. */
class PublishedValuesTest {
  private static final float[] SIX = {.3f, -.7f, 1.2f, -.1f, .4f, 2};

  private static Quantizer fsq(List<Integer> levels) {
    return Quantizers.of(spec("fsq", "levels", levels), tensors());
  }

  @Test
  void finiteScalar() {
    Quantizer cosmos = fsq(List.of(8, 8, 8, 5, 5, 5));
    assertThat(cosmos.radices()).containsExactly(64000);
    assertThat(encode(cosmos, new float[6])).containsExactly(32036);
    assertThat(encode(cosmos, 10, 10, 10, 10, 10, 10)).containsExactly(63999);
    assertThat(encode(cosmos, -10, -10, -10, -10, -10, -10)).containsExactly(0);
    assertThat(encode(cosmos, SIX)).containsExactly(60373);
    assertThat(decode(cosmos, 32036)).containsOnly(0);
    assertThat(decode(cosmos, 63999)).containsExactly(.75f, .75f, .75f, 1, 1, 1);
    assertThat(decode(cosmos, 0)).containsOnly(-1);
    assertThat(decode(cosmos, 60373)).containsExactly(.25f, -.5f, .75f, 0, .5f, 1);
    Quantizer atoken = fsq(List.of(4, 4, 4, 4, 4, 4));
    assertThat(encode(atoken, new float[6])).containsExactly(2730);
    assertThat(encode(atoken, 10, 10, 10, 10, 10, 10)).containsExactly(4095);
    assertThat(encode(atoken, SIX)).containsExactly(3766);
    assertThat(decode(atoken, 3766)).containsExactly(0, -.5f, .5f, 0, 0, .5f);
  }

  /** The S3 tokenizer's ε of -0.001, and the tangent of the paper's own code; by NumPy. */
  @Test
  void finiteScalarWithOtherBounds() {
    List<Integer> threes = List.of(3, 3, 3, 3, 3, 3, 3, 3);
    float[] edges = {.5495f, -.5495f, 2, -2, .1f, -.1f, .5f, .6f};
    float[] more = {.549f, -.55f, .5498f, -.5501f, 3, -3, 0, 1};
    Quantizer s3 = Quantizers.of(spec("fsq", "levels", threes, "epsilon", -1e-3), tensors());
    assertThat(encode(s3, edges)).containsExactly(5449);
    assertThat(encode(s3, more)).containsExactly(5275);
    assertThat(encode(fsq(threes), edges)).containsExactly(5447);
    assertThat(encode(fsq(threes), more)).containsExactly(5285);
    List<Integer> mixed = List.of(2, 4, 8, 5);
    float[] vector = {-2, .3f, 1.2f, -.4f};
    for (double epsilon : new double[] {-1e-3, 1e-3}) {
      Quantizer tangent =
          Quantizers.of(
              spec("fsq", "levels", mixed, "epsilon", epsilon, "shift", "tan"), tensors());
      assertThat(encode(tangent, vector)).containsExactly(124);
      assertThat(encode(tangent, -.5f, -1.1f, .02f, 2.5f)).containsExactly(291);
    }
    assertThat(encode(fsq(mixed), vector)).containsExactly(125);
  }

  @Test
  void groupedFiniteScalar() {
    Quantizer grouped =
        Quantizers.of(spec("fsq", "levels", List.of(4, 4, 4, 4, 4, 4), "groups", 8), tensors());
    float[] vector = new float[48];
    System.arraycopy(SIX, 0, vector, 6, 6);
    Arrays.fill(vector, 42, 48, 10);
    assertThat(encode(grouped, vector))
        .containsExactly(2730, 3766, 2730, 2730, 2730, 2730, 2730, 4095);
    assertThat(grouped.slotAxis()).isEqualTo("group");
  }

  @Test
  void signBitsInBothOrders() {
    float[] thirteen = {1, -1, 1, 1, -1, -1, 1, -1, 1, 1, 1, -1, 1};
    assertThat(encode(bits("lfq", 13, "little"), thirteen)).containsExactly(5965);
    assertThat(encode(bits("lfq", 13, "big"), thirteen)).containsExactly(5725);
    assertThat(decode(bits("lfq", 13, "big"), 5725)).containsExactly(thirteen);
    float[] fourteen = {
      .1f, -.2f, .3f, -.4f, .5f, .6f, -.7f, -.8f, .9f, 0, 1.1f, -1.2f, 1.3f, -1.4f
    };
    assertThat(encode(bits("bsq", 14, "big"), fourteen)).containsExactly(11050);
    assertThat(encode(bits("bsq", 14, "little"), fourteen)).containsExactly(5429);
    assertThat(decode(bits("bsq", 14, "big"), 11050)[0])
        .isCloseTo(0.26726124f, Offset.offset(1e-8f));
    assertThat(decode(bits("bsq", 14, "big"), 11050)[9]).isNegative();
  }

  private static Quantizer bits(String family, int bits, String order) {
    return Quantizers.of(spec(family, "bits", bits, "bit_order", order), tensors());
  }

  @Test
  void groupedSignBits() {
    Quantizer grouped =
        Quantizers.of(spec("lfq", "bits", 8, "groups", 4, "bit_order", "little"), tensors());
    float[] vector = new float[32];
    Arrays.fill(vector, -1);
    vector[0] = 1;
    vector[15] = 1;
    vector[16] = 1;
    vector[17] = 1;
    assertThat(encode(grouped, vector)).containsExactly(1, 128, 3, 0);
    assertThat(grouped.radices()).containsExactly(256, 256, 256, 256);
  }

  @Test
  void binaryLatentsFollowTheSigmoid() {
    Quantizer words = Quantizers.of(spec("binary", "bits", 4, "bits_per_id", 2), tensors());
    // 1e-9 is positive, but its sigmoid is 0.5 in 32-bit floats.
    assertThat(encode(words, 1, 1e-9f, -1, 1e-6f)).containsExactly(1, 2);
    assertThat(decode(words, 1, 2)).containsExactly(1, 0, 0, 1);
    FloatTensor rows = FloatTensor.of(new float[] {1, 10, 2, 20, 4, 40, 8, 80}, 4, 2);
    Quantizer embedded =
        Quantizers.of(
            spec("binary", "bits", 4, "bits_per_id", 1, "embedding", "e"), tensors("e", rows));
    assertThat(encode(embedded, 3, -3, 3, 3)).containsExactly(1, 0, 1, 1);
    assertThat(decode(embedded, 1, 0, 1, 1)).containsExactly(13, 130);
    assertThat(embedded.decodedShape()).containsExactly(2);
  }

  @Test
  void packedProduct() {
    FloatTensor line = FloatTensor.of(new float[128], 128, 1);
    for (int k = 0; k < 128; k++) {
      line.values()[k] = k;
    }
    Map<String, Object> switches =
        Map.of(
            "codebooks",
            List.of("c", "c"),
            "metric",
            "euclidean",
            "normalise",
            "none",
            "dequantise",
            "stored");
    Quantizer packed =
        Quantizers.of(
            Specs.with(spec("product", "packing", "packed"), flat(switches)), tensors("c", line));
    assertThat(encode(packed, 5.2f, 6.9f)).containsExactly(901);
    assertThat(decode(packed, 901)).containsExactly(5, 7);
    assertThat(packed.radices()).containsExactly(16384);
    Quantizer unpacked =
        Quantizers.of(
            Specs.with(spec("product", "packing", "unpacked"), flat(switches)), tensors("c", line));
    assertThat(encode(unpacked, 5.2f, 6.9f)).containsExactly(5, 7);
  }

  private static Object[] flat(Map<String, Object> map) {
    return map.entrySet().stream()
        .flatMap(entry -> java.util.stream.Stream.of(entry.getKey(), entry.getValue()))
        .toArray();
  }

  @Test
  void normalQuantileBins() {
    double[] values = NormalBinQuantizer.values(64, 3);
    assertThat(values[0]).isCloseTo(-2.437096, Offset.offset(1e-6));
    assertThat(values[1]).isCloseTo(-1.994237, Offset.offset(1e-6));
    assertThat(values[31]).isCloseTo(-0.019586, Offset.offset(1e-6));
    assertThat(values[32]).isEqualTo(-values[31]);
    assertThat(values[63]).isCloseTo(2.437096, Offset.offset(1e-6));
    Quantizer bins =
        Quantizers.of(
            spec("normal_bins", "dimensions", 8, "levels", 64, "scale", 1, "range", 5, "std", 3),
            tensors());
    assertThat(encode(bins, -6, -1, 0, .0001f, .5f, 1, 2, 5))
        .containsExactly(0, 17, 31, 32, 39, 46, 56, 63);
    assertThat(decode(bins, 0, 1, 31, 32, 62, 63, 0, 0))
        .containsExactly(
            new float[] {
              -4.061826f,
              -3.323728f,
              -.032643f,
              .032643f,
              3.323728f,
              4.061826f,
              -4.061826f,
              -4.061826f
            },
            Offset.offset(2e-6f));
    Quantizer bridge =
        Quantizers.of(
            spec(
                "normal_bins",
                "dimensions",
                2,
                "levels",
                64,
                "scale",
                0.2325,
                "range",
                5,
                "std",
                3,
                "order",
                List.of(1, 0)),
            tensors());
    assertThat(encode(bridge, 0, (float) (2 / 0.2325))).containsExactly(56, 31);
    assertThat(decode(bridge, 63, 31))
        .containsExactly(
            new float[] {(float) (-.032643 / 0.2325), (float) (4.061826 / 0.2325)},
            Offset.offset(1e-5f));
  }

  @Test
  void muLaw() {
    Quantizer camera =
        Quantizers.of(
            spec("mu_law", "dimensions", 1, "mu", 11.4887, "max", 90, "bin", 9), tensors());
    assertThat(camera.radices()).containsExactly(21);
    assertThat(encode(camera, -90, -45, -10, -1, 0, 1, 5, 10, 45, 90))
        .containsExactly(0, 2, 7, 10, 10, 10, 12, 13, 18, 20);
    assertThat(decode(camera, 0, 2, 7, 10, 12, 13))
        .containsExactly(
            new float[] {-90, -51.2115f, -8.8743f, 0, 5.1462f, 8.8743f}, Offset.offset(1e-4f));
  }

  @Test
  void uniformBins() {
    Quantizer bytes =
        Quantizers.of(
            spec(
                "uniform_bins",
                "dimensions",
                1,
                "levels",
                256,
                "steps",
                "points",
                "rounding",
                "half_even",
                "divisor",
                6,
                "shift",
                0.5),
            tensors());
    // round(255·clamp(x/6 + 0.5, 0, 1)); 127.5 is a tie and goes to the even 128.
    assertThat(encode(bytes, -4, -3, 0, 1, 3, 9)).containsExactly(0, 0, 128, 170, 255, 255);
    assertThat(decode(bytes, 0, 255)).containsExactly(-3, 3);
    Quantizer intervals =
        Quantizers.of(
            spec(
                "uniform_bins",
                "dimensions",
                2,
                "levels",
                4,
                "steps",
                "intervals",
                "low",
                List.of(0, -1),
                "high",
                List.of(4, 1)),
            tensors());
    assertThat(encode(intervals, .9f, -.1f, 4, 1, -9, .5f)).containsExactly(0, 1, 3, 3, 0, 3);
    assertThat(decode(intervals, 0, 1)).containsExactly(.5f, -.25f);
  }

  @Test
  void splineBins() {
    float[] sine = new float[50];
    for (int t = 0; t < 50; t++) {
      sine[t] = (float) Math.sin(2 * Math.PI * t / 49);
    }
    Quantizer one =
        Quantizers.of(
            spec(
                "spline_bins",
                "steps",
                50,
                "degrees_of_freedom",
                1,
                "basis",
                10,
                "degree",
                4,
                "ridge",
                1e-9,
                "levels",
                256,
                "low",
                -1,
                "high",
                1),
            tensors());
    int[] tokens = {127, 161, 228, 255, 208, 47, 0, 27, 94, 128};
    assertThat(encode(one, sine)).containsExactly(tokens);
    float[] two = new float[100];
    for (int t = 0; t < 50; t++) {
      two[2 * t] = sine[t];
      two[2 * t + 1] = -sine[t];
    }
    Quantizer both =
        Quantizers.of(
            spec(
                "spline_bins",
                "steps",
                50,
                "degrees_of_freedom",
                2,
                "basis",
                10,
                "degree",
                List.of(4, 4),
                "ridge",
                1e-9,
                "levels",
                256,
                "low",
                -2,
                "high",
                2),
            tensors());
    int[] ids = encode(both, two);
    float[] decoded = decode(both, ids);
    for (int t = 0; t < 50; t++) {
      assertThat(decoded[2 * t]).isCloseTo(sine[t], Offset.offset(0.02f));
      assertThat(decoded[2 * t + 1]).isCloseTo(-sine[t], Offset.offset(0.02f));
    }
  }

  @Test
  void argmaxOverLogits() {
    Quantizer plain = Quantizers.of(spec("argmax", "codes", 3), tensors());
    assertThat(encode(plain, 1, 5, 5, -1, -2, -1)).containsExactly(1, 0);
    assertThat(plain.decodable()).isFalse();
    FloatTensor rows = FloatTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    Quantizer embedded =
        Quantizers.of(spec("argmax", "codes", 3, "codebook", "c"), tensors("c", rows));
    assertThat(decode(embedded, 2)).containsExactly(5, 6);
  }

  @Test
  void randomProjection() {
    FloatTensor projection = FloatTensor.of(new float[] {1, 0, 0, 0, 0, 2}, 2, 3);
    FloatTensor codes = FloatTensor.of(new float[] {0, 0, 1, 1, 1, 6}, 3, 2);
    Quantizer stored =
        Quantizers.of(
            spec(
                "random_projection",
                "projection",
                "p",
                "codebook",
                "c",
                "metric",
                "euclidean",
                "normalise",
                "none"),
            tensors("p", projection, "c", codes));
    assertThat(encode(stored, 1, 99, 3, .1f, 99, .1f)).containsExactly(2, 0);
    assertThat(stored.decodable()).isFalse();
    Quantizer seeded =
        Quantizers.of(
            spec(
                "random_projection",
                "seed",
                7,
                "dimensions",
                80,
                "projected",
                16,
                "codes",
                1024,
                "metric",
                "euclidean",
                "normalise",
                "both"),
            tensors());
    assertThat(seeded.dimensions()).isEqualTo(80);
    assertThat(seeded.radices()).containsExactly(1024);
  }
}
