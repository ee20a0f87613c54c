package org.tessera.jobs.systems;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.npy.TensorFiles;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.Quantizers;
import org.tessera.model.tokenizer.BundleCreator;

/**
 * Real architectures with random weights, from their own packages: {@code bundle create} wraps
 * them, the main job runs over real files, and the ids are the package's own, but for near ties.
 * The folders are made by {@code src/test/python/architectures.py}; without them the test does not
 * run.
 */
@EnabledIfSystemProperty(named = "tessera.witnesses", matches = ".+")
class ArchitectureWitnessIT {
  /** Of the ids, at most so many may follow from other choices than the package's. */
  private static final double MISSES = 1e-4;

  /** 32-bit distances of these vectors do not tell closer codes apart. */
  private static final double NEAR = 1e-5;

  @TempDir Path directory;

  static Stream<Path> witnesses() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of(System.getProperty("tessera.witnesses")))) {
      return folders
          .filter(folder -> Files.isDirectory(folder.resolve("ids")))
          .sorted()
          .toList()
          .stream();
    }
  }

  @AfterAll
  static void stop() {
    MainJob.stop();
  }

  @ParameterizedTest
  @MethodSource("witnesses")
  void givesThePackagesOwnIds(Path folder) throws Exception {
    Path target = directory.resolve("bundle");
    TokenizerManifest manifest;
    try (Bundle bundle =
        BundleCreator.create(
            new ObjectMapper().readTree(folder.resolve("manifest.json").toFile()),
            folder,
            target)) {
      manifest = bundle.manifest();
    }
    Quantizer quantizer = Quantizers.of(manifest.quantizer().orElseThrow(), TensorFiles.in(folder));
    List<Row> rows = MainJob.tokenize(target, folder.resolve("raw"), directory.resolve("output"));

    Misses latents = new Misses(quantizer);
    Misses files = new Misses(quantizer);
    for (Row row : rows) {
      String name = Path.of(java.net.URI.create(row.getString(0)).getPath()).getFileName() + ".npy";
      NpyArray own = Npy.read(folder.resolve("ids").resolve(name));
      assertThat(row.<Integer>getList(3)).isEqualTo(Arrays.stream(own.shape()).boxed().toList());
      float[] vectors = Npy.read(folder.resolve("latents").resolve(name)).toFloatTensor().values();
      int count = vectors.length / quantizer.dimensions();
      int[] theirs = byVector(own.toInts(), manifest.layout(), count);
      int[] fromLatents = new int[theirs.length];
      quantizer.encode(vectors, count, fromLatents, null);
      latents.count(vectors, theirs, fromLatents);
      int[] ids = row.<Integer>getList(2).stream().mapToInt(Integer::intValue).toArray();
      files.count(vectors, theirs, byVector(ids, manifest.layout(), count));
    }

    System.out.printf(
        "| %s | %d files | %d ids | latents: %s | files: %s |%n",
        manifest.name(), rows.size(), files.ids, latents, files);
    try (Stream<Path> raw = Files.list(folder.resolve("raw"))) {
      assertThat(raw.count()).isEqualTo(rows.size());
    }
    assertThat((double) files.different / files.ids).isLessThan(MISSES);
    assertThat((double) latents.different / latents.ids).isLessThan(MISSES);
  }

  /** From the layout's order to all ids of a vector together. */
  private static int[] byVector(int[] ids, TokenLayout layout, int count) {
    int slots = ids.length / count;
    if (slots == 1 || layout.axes().indexOf(layout.slotAxis()) > 0) {
      return ids;
    }
    int[] vectors = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      vectors[i % count * slots + i / count] = ids[i];
    }
    return vectors;
  }

  /**
   * Counts ids that are not the package's. At the first level that differs, both ids must be
   * equally near to 1e-5 of their distance, computed in 64 bits: the package's 32-bit distances
   * cannot tell them apart. What follows is the quantization of another rest.
   */
  private static final class Misses {
    private final Quantizer quantizer;
    private int ids;
    private int different;
    private int choices;
    private double widest;

    Misses(Quantizer quantizer) {
      this.quantizer = quantizer;
    }

    void count(float[] latents, int[] theirs, int[] ours) {
      int slots = quantizer.idsPerVector();
      ids += theirs.length;
      for (int i = 0; i < theirs.length / slots; i++) {
        int[] their = Arrays.copyOfRange(theirs, i * slots, (i + 1) * slots);
        int[] our = Arrays.copyOfRange(ours, i * slots, (i + 1) * slots);
        int level = Arrays.mismatch(their, our);
        if (level < 0) {
          continue;
        }
        choices++;
        for (int slot = level; slot < slots; slot++) {
          different += their[slot] == our[slot] ? 0 : 1;
        }
        assertThat(quantizer.droppable() || slots == 1).isTrue();
        double theirDistance = distance(latents, i, their, level);
        double gap = Math.abs(distance(latents, i, our, level) - theirDistance) / theirDistance;
        assertThat(gap).as("gap of vector " + i + " at level " + level).isLessThan(NEAR);
        widest = Math.max(widest, gap);
      }
    }

    /** The squared distance of a latent to what its ids up to a level stand for. */
    private double distance(float[] latents, int vector, int[] ids, int level) {
      int d = quantizer.dimensions();
      int[] kept = ids.clone();
      Arrays.fill(kept, level + 1, kept.length, -1);
      float[] found = new float[d];
      quantizer.decode(kept, 1, found);
      double sum = 0;
      for (int j = 0; j < d; j++) {
        double difference = (double) latents[vector * d + j] - found[j];
        sum += difference * difference;
      }
      return sum;
    }

    @Override
    public String toString() {
      return different + " differ, of " + choices + " near ties, gap " + widest;
    }
  }
}
