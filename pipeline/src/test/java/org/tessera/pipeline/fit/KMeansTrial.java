package org.tessera.pipeline.fit;

import java.util.Optional;
import java.util.function.Consumer;

/** Opens k-means to benchmarks in other packages. */
public final class KMeansTrial {
  private KMeansTrial() {}

  /** Learns one codebook with the default seeding, keeping no state. */
  public static void run(
      VectorBlocks blocks, int codes, int passes, long seed, Consumer<PassReport> listener) {
    TrainingSpec training =
        new TrainingSpec(
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            passes,
            1,
            TrainingSpec.Seeding.valueOf(System.getProperty("seeding", "KMEANS_PARALLEL")),
            seed,
            1024,
            0);
    FitState none =
        new FitState() {
          @Override
          public Optional<byte[]> read(String name) {
            return Optional.empty();
          }

          @Override
          public void write(String name, byte[] content) {}
        };
    new KMeans(blocks, training, 0, none, listener).learn(codes);
  }
}
