package org.tessera.pipeline.fit;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens k-means to benchmarks in other packages. */
public final class KMeansTrial {
  private KMeansTrial() {}

  /**
   * Learns codebooks, each on what the ones before it left over, keeping no state.
   *
   * @param seeded is run when the seeds of a codebook are there
   */
  public static List<Codebook> run(
      VectorBlocks blocks,
      int levels,
      int codes,
      int passes,
      long seed,
      TrainingSpec.Seeding seeding,
      Runnable seeded,
      Consumer<PassReport> listener) {
    return CodebookLearner.residual(
        blocks,
        Collections.nCopies(levels, codes),
        (rest, level) -> kmeans(rest, level, passes, seed, seeding, seeded, listener));
  }

  private static KMeans kmeans(
      VectorBlocks blocks,
      int level,
      int passes,
      long seed,
      TrainingSpec.Seeding seeding,
      Runnable seeded,
      Consumer<PassReport> listener) {
    TrainingSpec training =
        new TrainingSpec(Integer.MAX_VALUE, Integer.MAX_VALUE, passes, 1, seeding, seed, 1024, 0);
    FitState none =
        new FitState() {
          private boolean written;

          @Override
          public Optional<byte[]> read(String name) {
            return Optional.empty();
          }

          @Override
          public void write(String name, byte[] content) {
            // The first write is that of the seeds.
            if (!written) {
              seeded.run();
            }
            written = true;
          }
        };
    return new KMeans(blocks, training, level, none, listener);
  }
}
