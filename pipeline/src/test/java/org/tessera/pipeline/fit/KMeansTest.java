package org.tessera.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class KMeansTest {
  private static final int DIMENSIONS = 7;
  private static final int CODES = 40;

  @Test
  void improvesItsSeedsAsNaiveLloydDoes() {
    float[] rows = clusters(3000, 60, 1);
    Memory state = new Memory();
    List<PassReport> passes = new ArrayList<>();
    learn(LocalBlocks.of(rows, DIMENSIONS, 256), training(0, 1), state, passes);
    float[] seeds = KMeansState.of(state.written.get("codebook-0")).codebook().values();

    passes.clear();
    learn(LocalBlocks.of(rows, DIMENSIONS, 256), training(6, 1), new Memory(), passes);

    double[] naive = naiveLosses(rows, seeds, 6);
    assertThat(passes).hasSize(7);
    for (int pass = 0; pass <= 6; pass++) {
      assertThat(passes.get(pass).loss()).as("pass %d", pass).isCloseTo(naive[pass], within(1e-5));
      assertThat(passes.get(pass).revived()).isZero();
    }
    assertThat(passes.get(6).loss()).isLessThan(passes.get(0).loss());
  }

  @Test
  void doesNotDependOnOrderAndSpreadOfBlocks() {
    List<Block> blocks = LocalBlocks.cut(clusters(3000, 60, 2), DIMENSIONS, 100);
    for (int shares : new int[] {1, 4}) {
      float[] one =
          learn(
              new LocalBlocks(blocks, 1, 0), training(5, shares), new Memory(), new ArrayList<>());
      float[] many =
          learn(
              new LocalBlocks(blocks, 7, 9), training(5, shares), new Memory(), new ArrayList<>());
      assertThat(many).isEqualTo(one);
      float[] memory =
          learn(
              new MemoryBlocks(blocks, DIMENSIONS, 3000),
              training(5, shares),
              new Memory(),
              new ArrayList<>());
      assertThat(memory).isEqualTo(one);
    }
  }

  @Test
  void findsTheSameWithNotesAndWithout() {
    List<Block> blocks = LocalBlocks.cut(clusters(9000, 500, 7), DIMENSIONS, 1024);
    List<VectorBlocks> noted =
        List.of(
            new MemoryBlocks(blocks, DIMENSIONS, 9000),
            new LocalBlocks(blocks, 3, 2),
            new LocalBlocks(blocks, 3, 3).losing(0.3));
    for (TrainingSpec.Seeding seeding : TrainingSpec.Seeding.values()) {
      TrainingSpec training = new TrainingSpec(1 << 20, 1 << 20, 8, 1, seeding, 5, 256, 0.1);
      List<PassReport> without = new ArrayList<>();
      KMeans alone =
          new KMeans(
              new LocalBlocks(blocks, 3, 1).losing(1), training, 0, new Memory(), without::add);
      Codebook expected = alone.learn(700);
      for (VectorBlocks some : noted) {
        List<PassReport> with = new ArrayList<>();
        KMeans kmeans = new KMeans(some, training, 0, new Memory(), with::add);
        Codebook actual = kmeans.learn(700);
        assertThat(actual.values()).isEqualTo(expected.values());
        assertThat(with).isEqualTo(without);
        assertThat(vectors(kmeans.leftOver(actual))).isEqualTo(vectors(alone.leftOver(expected)));
      }
    }
  }

  @Test
  void keepsNotesWithinAShareOfTheHeap() {
    List<Neighbours> all = new ArrayList<>();
    long most = Runtime.getRuntime().maxMemory() / 8;
    int vectors = (int) Math.min(1 << 20, most / 100);
    while (all.isEmpty() || all.get(all.size() - 1).keep()) {
      all.add(new Neighbours(vectors, 8));
    }
    long kept = (all.size() - 1) * Neighbours.bytes(vectors, 8);
    assertThat(kept).isBetween(most / 2, most);
    Neighbours refused = all.remove(all.size() - 1);
    all.get(0).free();
    assertThat(refused.keep()).isTrue();
    assertThat(all.get(1).keep()).isTrue();
    all.forEach(Neighbours::free);
    refused.free();
  }

  @Test
  void doesNotGoOnFromNotesOfLaterCodes() {
    List<Block> blocks = LocalBlocks.cut(clusters(1000, 50, 8), DIMENSIONS, 100);
    Block block = blocks.get(0);
    Codebook codebook = new Codebook(20, clusters(20, 20, 1));
    Notes early = Notes.of(new LocalBlocks(blocks, 1, 0), codebook);
    Notes late = early.follow(codebook.moved(clusters(20, 20, 2)));
    Neighbours known = late.take(block, 1);
    late.leave(block, known);
    assertThat(late.take(block, 1)).isSameAs(known);
    late.leave(block, known);
    assertThat(early.take(block, 1)).isNotSameAs(known);
    early.leave(block, known);
    assertThat(late.take(block, 1)).isSameAs(known);
    // While a search has it, and where other notes lie, there is none.
    assertThat(late.take(block, 1)).isNotSameAs(known);
    late.leave(block, known);
    Notes others = Notes.of(new LocalBlocks(blocks, 1, 0), codebook);
    assertThat(others.take(block, 1)).isNotSameAs(known);
  }

  /** The vectors of each block. */
  private static Map<Long, FloatBuffer> vectors(VectorBlocks blocks) {
    Map<Long, FloatBuffer> vectors = new ConcurrentHashMap<>();
    blocks.fold(
        () ->
            new VectorBlocks.FoldWorker() {
              @Override
              public void add(Block block) {
                vectors.put(block.id(), FloatBuffer.wrap(block.values()));
              }

              @Override
              public Map<Integer, VectorBlocks.Part> parts() {
                return Map.of();
              }
            });
    return vectors;
  }

  @Test
  void goesOnFromItsState() {
    List<Block> blocks = LocalBlocks.cut(clusters(2000, 60, 3), DIMENSIONS, 100);
    List<PassReport> whole = new ArrayList<>();
    float[] expected = learn(new LocalBlocks(blocks, 2, 0), training(6, 1), new Memory(), whole);

    Memory state = new Memory();
    learn(new LocalBlocks(blocks, 2, 1), training(2, 1), state, new ArrayList<>());
    int written = state.writes;
    List<PassReport> resumed = new ArrayList<>();
    float[] actual = learn(new LocalBlocks(blocks, 2, 2), training(6, 1), state, resumed);

    assertThat(actual).isEqualTo(expected);
    assertThat(resumed).isEqualTo(whole);
    assertThat(state.writes - written).isEqualTo(4);
  }

  @Test
  void usesEveryCodeEvenFromBadSeeds() {
    // Nearly all vectors are one vector, so random seeds would nearly all be the same.
    Random random = new Random(4);
    float[] rows = new float[DIMENSIONS * 4000];
    for (int i = DIMENSIONS * 3800; i < rows.length; i++) {
      rows[i] = (float) random.nextGaussian();
    }
    for (TrainingSpec.Seeding seeding : TrainingSpec.Seeding.values()) {
      List<PassReport> passes = new ArrayList<>();
      TrainingSpec training = new TrainingSpec(1 << 20, 1 << 20, 5, 1, seeding, 5, 256, 0.1);
      learn(LocalBlocks.of(rows, DIMENSIONS, 256), training, new Memory(), passes);
      assertThat(passes.get(passes.size() - 1).used()).isEqualTo(CODES);
    }
  }

  @Test
  void choosingAtLengthLowersTheError() {
    LocalBlocks blocks = LocalBlocks.of(clusters(6000, 60, 6), DIMENSIONS, 64);
    double quick = 0;
    double atLength = 0;
    for (int seed = 0; seed < 5; seed++) {
      quick += loss(blocks, TrainingSpec.Seeding.KMEANS_PARALLEL, seed);
      atLength += loss(blocks, TrainingSpec.Seeding.KMEANS_PLUSPLUS, seed);
    }
    assertThat(atLength).isLessThan(0.99 * quick);
  }

  private static double loss(LocalBlocks blocks, TrainingSpec.Seeding seeding, long seed) {
    List<PassReport> passes = new ArrayList<>();
    TrainingSpec training = new TrainingSpec(1 << 20, 1 << 20, 4, 1, seeding, seed, 256, 0.1);
    learn(blocks, training, new Memory(), passes);
    return passes.get(passes.size() - 1).loss();
  }

  @Test
  void miniBatchesComeCloseToLloyd() {
    LocalBlocks blocks = LocalBlocks.of(clusters(6000, 60, 6), DIMENSIONS, 64);
    List<PassReport> lloyd = new ArrayList<>();
    learn(blocks, training(8, 1), new Memory(), lloyd);
    List<PassReport> mini = new ArrayList<>();
    learn(blocks, training(8, 5), new Memory(), mini);

    assertThat(mini.get(8).loss())
        .isCloseTo(lloyd.get(8).loss(), within(0.05 * lloyd.get(8).loss()));
    // A pass of five updates is better than one update.
    assertThat(mini.get(1).loss()).isLessThan(lloyd.get(0).loss());
  }

  @Test
  void refusesMoreCodesThanVectors() {
    assertThatThrownBy(
            () ->
                learn(
                    LocalBlocks.of(clusters(30, 3, 1), DIMENSIONS, 8),
                    training(2, 1),
                    new Memory(),
                    new ArrayList<>()))
        .isInstanceOf(FitException.class)
        .hasMessage(
            "Cannot learn 40 codes from 30 vectors (lower the number of codes or give more data)");
    float[] same = new float[DIMENSIONS * 500];
    for (int i = 0; i < same.length; i++) {
      same[i] = i / DIMENSIONS % 11;
    }
    assertThatThrownBy(
            () ->
                learn(
                    LocalBlocks.of(same, DIMENSIONS, 64),
                    training(2, 1),
                    new Memory(),
                    new ArrayList<>()))
        .hasMessage(
            "Cannot learn 40 codes from 11 distinct vectors (lower the number of codes or give"
                + " more data)");
  }

  @Test
  void refusesValuesThatAreNotFinite() {
    assertRefused(
        Float.NaN,
        "Cannot learn from features with the value NaN in dimension 3 (check the front-end"
            + " steps)");
  }

  @Test
  void refusesValuesWhoseSquaresAreTooLarge() {
    assertRefused(
        1e19f,
        "Cannot learn codes from features as large as 9.999999980506448E18, whose squares are"
            + " no 32-bit floats (scale them in the front-end)");
  }

  /** Asserts that vectors with a value in dimension 3 are refused. */
  private static void assertRefused(float value, String message) {
    float[] rows = clusters(200, 4, 1);
    rows[5 * DIMENSIONS + 3] = value;
    VectorBlocks blocks = LocalBlocks.of(rows, DIMENSIONS, 64);
    assertThatThrownBy(() -> learn(blocks, training(2, 1), new Memory(), new ArrayList<>()))
        .isInstanceOf(FitException.class)
        .hasMessage(message);
  }

  private static float[] learn(
      VectorBlocks blocks, TrainingSpec training, FitState state, List<PassReport> passes) {
    return new KMeans(blocks, training, 0, state, passes::add).learn(CODES).values();
  }

  private static TrainingSpec training(int passes, int shares) {
    return new TrainingSpec(
        1 << 20, 1 << 20, passes, shares, TrainingSpec.Seeding.KMEANS_PARALLEL, 5, 256, 0.1);
  }

  /** Points around random centers. */
  private static float[] clusters(int count, int centers, long seed) {
    Random random = new Random(seed);
    float[] rows = new float[count * DIMENSIONS];
    float[] around = new float[centers * DIMENSIONS];
    for (int i = 0; i < around.length; i++) {
      around[i] = (float) random.nextGaussian();
    }
    for (int row = 0; row < count; row++) {
      int center = random.nextInt(centers);
      for (int d = 0; d < DIMENSIONS; d++) {
        rows[row * DIMENSIONS + d] =
            around[center * DIMENSIONS + d] + 0.3f * (float) random.nextGaussian();
      }
    }
    return rows;
  }

  /** The loss before each of several passes of Lloyd's algorithm in doubles, and after the last. */
  private static double[] naiveLosses(float[] rows, float[] seeds, int passes) {
    int count = rows.length / DIMENSIONS;
    double[] centers = new double[seeds.length];
    for (int i = 0; i < seeds.length; i++) {
      centers[i] = seeds[i];
    }
    double[] losses = new double[passes + 1];
    for (int pass = 0; pass <= passes; pass++) {
      double[] sums = new double[centers.length];
      int[] counts = new int[CODES];
      for (int row = 0; row < count; row++) {
        int best = -1;
        double least = Double.MAX_VALUE;
        for (int code = 0; code < CODES; code++) {
          double distance = 0;
          for (int d = 0; d < DIMENSIONS; d++) {
            double difference = rows[row * DIMENSIONS + d] - centers[code * DIMENSIONS + d];
            distance += difference * difference;
          }
          if (distance < least) {
            least = distance;
            best = code;
          }
        }
        losses[pass] += least / count / DIMENSIONS;
        counts[best]++;
        for (int d = 0; d < DIMENSIONS; d++) {
          sums[best * DIMENSIONS + d] += rows[row * DIMENSIONS + d];
        }
      }
      for (int i = 0; i < centers.length; i++) {
        centers[i] = sums[i] / counts[i / DIMENSIONS];
      }
    }
    return losses;
  }

  /** A state in memory. */
  private static final class Memory implements FitState {
    private final Map<String, byte[]> written = new HashMap<>();
    private int writes;

    @Override
    public Optional<byte[]> read(String name) {
      return Optional.ofNullable(written.get(name));
    }

    @Override
    public void write(String name, byte[] content) {
      written.put(name, content);
      writes++;
    }
  }
}
