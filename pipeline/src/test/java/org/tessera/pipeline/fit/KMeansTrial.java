package org.tessera.pipeline.fit;

import java.util.Optional;
import java.util.function.Consumer;

/** Opens k-means to benchmarks in other packages. */
public final class KMeansTrial {
  private KMeansTrial() {}

  /**
   * Learns one codebook with the default seeding, keeping no state.
   *
   * @param seeded is run when the seeds are there
   */
  public static Codebook run(
      VectorBlocks blocks,
      int codes,
      int passes,
      long seed,
      Runnable seeded,
      Consumer<PassReport> listener) {
    TrainingSpec training =
        new TrainingSpec(
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            passes,
            1,
            TrainingSpec.Seeding.KMEANS_PARALLEL,
            seed,
            1024,
            0);
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
    return new KMeans(blocks, training, 0, none, listener).learn(codes).codebook();
  }
}
