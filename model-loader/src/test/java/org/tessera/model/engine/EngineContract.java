package org.tessera.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every engine does. A subclass provides the same two models in its own format:
 *
 * <ul>
 *   <li>a vector quantizer: {@code vectors} float [?, ?, 2] to {@code ids} int32 [?, ?], the
 *       nearest of (0,0), (0,1), (1,0), (1,1), and {@code error} float [?], the mean squared
 *       distance;
 *   <li>increments: {@code floats} float [?, 3], {@code longs} int64 [?] and {@code bytes} uint8
 *       [?] to outputs {@code floats_out}, {@code longs_out}, {@code bytes_out}, each one larger.
 * </ul>
 */
public abstract class EngineContract {
  @TempDir protected Path temporary;
  private ModelSession quantizer;
  private ModelSession increments;

  protected abstract Engine engine();

  protected abstract Path vectorQuantizer() throws Exception;

  protected abstract Path increments() throws Exception;

  /** The name of the signature of both models. */
  protected abstract String signature();

  @BeforeEach
  void load() throws Exception {
    quantizer = engine().load(vectorQuantizer(), Set.of(signature()), EngineOptions.threads(1));
    increments = engine().load(increments(), Set.of(signature()), EngineOptions.threads(1));
  }

  @AfterEach
  void close() {
    quantizer.close();
    increments.close();
  }

  @Test
  void describesItsSignature() {
    assertThat(quantizer.signature(signature()).toString())
        .isEqualTo(
            signature() + ": (vectors float32[?, ?, 2]) -> (error float32[?], ids int32[?, ?])");
    assertThat(quantizer.device()).isEqualTo("CPU:0");
    assertThat(quantizer.engineVersion()).matches("[a-z]+ [0-9]+\\.[0-9]+\\.[0-9]+.*");
  }

  @Test
  void computesFromWhatWasWrittenInPlace() {
    try (NativeTensor vectors = quantizer.allocate(ElementType.FLOAT32, 2, 2, 2)) {
      vectors.write(2, new float[] {9, 0, .9f, .8f, .3f}, 1, 3);
      vectors.write(6, new float[] {.9f, .2f}, 0, 2);
      Map<String, NativeTensor> results = quantizer.run(signature(), Map.of("vectors", vectors));
      int[] ids = new int[5];
      results.get("ids").read(1, ids, 2, 3);
      assertThat(ids).containsExactly(0, 0, 1, 2, 2);
      float[] errors = new float[2];
      results.get("error").read(0, errors, 0, 2);
      assertThat(errors[0]).isCloseTo(.005f, within());
      assertThat(results.get("ids").shape()).containsExactly(2, 2);
      assertThat(results.get("ids").size()).isEqualTo(4);
      results.values().forEach(NativeTensor::close);
    }
  }

  private static org.assertj.core.data.Offset<Float> within() {
    return org.assertj.core.data.Offset.offset(1e-6f);
  }

  @Test
  void returnsOnlyTheOutputsAskedFor() {
    try (NativeTensor vectors = quantizer.allocate(ElementType.FLOAT32, 1, 1, 2)) {
      Map<String, NativeTensor> results =
          quantizer.run(signature(), Map.of("vectors", vectors), Set.of("ids"));
      assertThat(results).containsOnlyKeys("ids");
      results.values().forEach(NativeTensor::close);
    }
  }

  @Test
  void copiesEveryElementType() {
    try (NativeTensor floats = increments.allocate(ElementType.FLOAT32, 1, 3);
        NativeTensor longs = increments.allocate(ElementType.INT64, 2);
        NativeTensor bytes = increments.allocate(ElementType.UINT8, 2)) {
      floats.write(0, new float[] {1, -2, .5f}, 0, 3);
      longs.write(0, new int[] {Integer.MAX_VALUE, -7}, 0, 2);
      bytes.write(0, new byte[] {(byte) 200, 255 - 256}, 0, 2);
      Map<String, NativeTensor> results =
          increments.run(signature(), Map.of("floats", floats, "longs", longs, "bytes", bytes));
      float[] floatValues = new float[3];
      results.get("floats_out").read(0, floatValues, 0, 3);
      assertThat(floatValues).containsExactly(2, -1, 1.5f);
      byte[] byteValues = new byte[2];
      results.get("bytes_out").read(0, byteValues, 0, 2);
      assertThat(byteValues).containsExactly((byte) 201, (byte) 0);
      int[] unsigned = new int[2];
      results.get("bytes_out").read(0, unsigned, 0, 2);
      assertThat(unsigned).containsExactly(201, 0);
      NativeTensor longsOut = results.get("longs_out");
      int[] ints = new int[2];
      longsOut.read(1, ints, 1, 1);
      assertThat(ints).containsExactly(0, -6);
      assertThatThrownBy(() -> longsOut.read(0, ints, 0, 1))
          .isInstanceOf(ArithmeticException.class);
      results.values().forEach(NativeTensor::close);
    }
  }

  @Test
  void convertsBetweenFloatingTypes() {
    try (NativeTensor halves = increments.allocate(ElementType.FLOAT16, 3);
        NativeTensor doubles = increments.allocate(ElementType.FLOAT64, 2)) {
      halves.write(0, new float[] {1, 65504, 1e-8f}, 0, 3);
      doubles.write(0, new float[] {.1f, -3}, 0, 2);
      float[] read = new float[3];
      halves.read(0, read, 0, 3);
      assertThat(read).containsExactly(1, 65504, 0);
      float[] wide = new float[2];
      doubles.read(0, wide, 0, 2);
      assertThat(wide).containsExactly(.1f, -3);
    }
  }

  @Test
  void allocatesZeros() {
    for (int round = 0; round < 3; round++) {
      try (NativeTensor tensor = quantizer.allocate(ElementType.FLOAT32, 100, 1000)) {
        float[] values = new float[100_000];
        tensor.read(0, values, 0, values.length);
        assertThat(values).containsOnly(0);
        java.util.Arrays.fill(values, 7);
        tensor.write(0, values, 0, values.length);
      }
    }
  }

  @Test
  void takesAnEmptyBatch() {
    try (NativeTensor vectors = quantizer.allocate(ElementType.FLOAT32, 0, 3, 2)) {
      vectors.write(0, new float[0], 0, 0);
      Map<String, NativeTensor> results =
          quantizer.run(signature(), Map.of("vectors", vectors), Set.of("ids"));
      assertThat(results.get("ids").shape()).containsExactly(0, 3);
      results.get("ids").read(0, new int[0], 0, 0);
      results.values().forEach(NativeTensor::close);
    }
  }

  @Test
  void namesTheTensorThatDoesNotFit() {
    try (NativeTensor flat = quantizer.allocate(ElementType.FLOAT32, 2, 2);
        NativeTensor wide = quantizer.allocate(ElementType.FLOAT32, 1, 1, 3);
        NativeTensor ints = quantizer.allocate(ElementType.INT32, 1, 1, 2);
        NativeTensor good = quantizer.allocate(ElementType.FLOAT32, 1, 1, 2)) {
      for (NativeTensor wrong : List.of(flat, wide, ints)) {
        assertThatThrownBy(() -> quantizer.run(signature(), Map.of("vectors", wrong)))
            .isInstanceOf(ModelException.class)
            .hasMessageContaining("input vectors takes float32[?, ?, 2], not " + wrong.type().id());
      }
      assertThatThrownBy(() -> quantizer.run(signature(), Map.of()))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("input vectors float32[?, ?, 2] is missing");
      assertThatThrownBy(() -> quantizer.run(signature(), Map.of("vectors", good, "vector", good)))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("it has no input vector (did you mean vectors?)");
      assertThatThrownBy(() -> quantizer.run(signature(), Map.of("vectors", good), Set.of("idx")))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("it has no output idx (did you mean ids?)");
    }
  }

  @Test
  void refusesWrongCopies() {
    try (NativeTensor floats = quantizer.allocate(ElementType.FLOAT32, 4);
        NativeTensor bytes = quantizer.allocate(ElementType.UINT8, 4)) {
      assertThatThrownBy(() -> floats.write(2, new float[3], 0, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> floats.read(-1, new float[3], 0, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> floats.read(0, new float[3], 1, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> floats.write(0, new int[1], 0, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Cannot copy ints to or from a tensor of float32");
      assertThatThrownBy(() -> bytes.write(0, new int[] {256}, 0, 1))
          .isInstanceOf(ArithmeticException.class)
          .hasMessage("Cannot write 256 as uint8");
    }
    NativeTensor closed = quantizer.allocate(ElementType.FLOAT32, 4);
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.read(0, new float[1], 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot use a tensor after it was closed");
  }

  @Test
  void refusesWhatIsNoModel() {
    assertThatThrownBy(
            () -> engine().load(temporary, Set.of(signature()), EngineOptions.threads(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(temporary.toString());
  }

  @Test
  void runsFromManyThreadsWithTheSameResults() throws Exception {
    Random random = new Random(7);
    float[] values = new float[64 * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    int[] expected = ids(values, 64);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<int[]>> futures = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        futures.add(threads.submit(() -> ids(values, 64)));
      }
      for (Future<int[]> future : futures) {
        assertThat(future.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
    for (int i = 0; i < 64; i++) {
      assertThat(ids(new float[] {values[2 * i], values[2 * i + 1]}, 1)[0]).isEqualTo(expected[i]);
    }
  }

  private int[] ids(float[] values, int count) {
    try (NativeTensor vectors = quantizer.allocate(ElementType.FLOAT32, count, 1, 2)) {
      vectors.write(0, values, 0, values.length);
      Map<String, NativeTensor> results =
          quantizer.run(signature(), Map.of("vectors", vectors), Set.of("ids"));
      int[] ids = new int[count];
      results.get("ids").read(0, ids, 0, count);
      results.get("ids").close();
      return ids;
    }
  }

  /**
   * The short form of the soak test: 2.4 MB a call would be 480 MB if they leaked. The heap reaches
   * its size in the calls before.
   */
  @Test
  void leavesNativeMemoryWhereItWas() throws Exception {
    float[] values = new float[2 * 200_000];
    for (int i = 0; i < 100; i++) {
      ids(values, 200_000);
    }
    long before = residentBytes();
    for (int i = 0; i < 200; i++) {
      ids(values, 200_000);
    }
    assertThat(residentBytes() - before).isLessThan(240L << 20);
  }

  /** Resident bytes of this process, from the kernel. */
  private static long residentBytes() throws Exception {
    Path statm = Path.of("/proc/self/statm");
    org.junit.jupiter.api.Assumptions.assumeTrue(java.nio.file.Files.exists(statm));
    return Long.parseLong(java.nio.file.Files.readString(statm).split(" ")[1]) * 4096;
  }
}
