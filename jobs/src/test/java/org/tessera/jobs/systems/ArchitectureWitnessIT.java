package org.tessera.jobs.systems;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.npy.TensorFiles;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.Quantizers;
import org.tessera.model.tokenizer.BundleCreator;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.udf.encode.SegmentCodes;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.SampleInput;

/**
 * Real architectures with random weights, from their own packages: {@code bundle create} wraps them
 * and the main job runs over real files. From the package's own features the ids are the package's
 * own, all of them; from the files, where features differ in their last bits, all but a few near
 * ties. The folders are made by {@code src/test/python/architectures.py}; without them the test
 * does not run.
 */
@EnabledIfSystemProperty(named = "tessera.witnesses", matches = ".+")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureWitnessIT {
  /**
   * Of the ids of all files, fewer may be chosen otherwise than by the package; the ids of later
   * levels, which follow from that, are counted and printed beside.
   */
  private static final double MISSES = 1e-4;

  /**
   * How well 32-bit floats tell distances apart, as a share of the squares that {@code ‖z‖² - 2 z·e
   * + ‖e‖²} is made of: eight units in the last place.
   */
  private static final double RESOLUTION = 1e-6;

  @TempDir Path directory;

  private long ids;
  private long different;
  private long choices;

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
  void stop() {
    MainJob.stop();
    System.out.printf("all: %d of %d ids differ, of %d choices%n", different, ids, choices);
    assertThat((double) choices / ids).isLessThan(MISSES);
  }

  @ParameterizedTest
  @MethodSource("witnesses")
  void givesThePackagesOwnIds(Path folder) throws Exception {
    Path target = directory.resolve(folder.getFileName() + ".bundle");
    TokenizerManifest manifest;
    try (Bundle bundle =
        BundleCreator.create(
            new ObjectMapper().readTree(folder.resolve("manifest.json").toFile()),
            folder,
            target)) {
      manifest = bundle.manifest();
    }
    Quantizer quantizer = Quantizers.of(manifest.quantizer().orElseThrow(), TensorFiles.in(target));
    List<Row> rows =
        MainJob.tokenize(target, folder.resolve("raw"), directory.resolve(folder.getFileName()));

    List<Projection> projections = Projection.of(manifest, target);
    double farthest = 0;
    Misses latents = new Misses(quantizer, projections);
    Misses files = new Misses(quantizer, projections);
    for (Row row : rows) {
      Path file = Path.of(java.net.URI.create(row.getString(0)).getPath()).getFileName();
      String name = file + ".npy";
      NpyArray stored = Npy.read(folder.resolve("ids").resolve(name));
      assertThat(row.<Integer>getList(3)).isEqualTo(Arrays.stream(stored.shape()).boxed().toList());
      float[] vectors = Npy.read(folder.resolve("latents").resolve(name)).toFloatTensor().values();
      int count = vectors.length / quantizer.dimensions();
      int[] theirs = byVector(stored.toInts(), manifest.layout(), count);
      int[] fromLatents = new int[theirs.length];
      quantizer.encode(vectors, count, fromLatents, null);
      latents.count(vectors, vectors, theirs, fromLatents);
      int[] ids = row.<Integer>getList(2).stream().mapToInt(Integer::intValue).toArray();
      float[] own = latents(target, manifest, folder.resolve("raw").resolve(file));
      farthest = Math.max(farthest, difference(vectors, own));
      files.count(vectors, own, theirs, byVector(ids, manifest.layout(), count));
    }

    System.out.printf(
        "| %s | %d files | %d ids | equal features: %s | files: %s; features differ by %.1e |%n",
        manifest.name(), rows.size(), files.ids, latents, files, farthest);
    assertThat(farthest).isLessThan(1e-4);
    try (Stream<Path> raw = Files.list(folder.resolve("raw"))) {
      assertThat(raw.count()).isEqualTo(rows.size());
    }
    assertThat(latents.different).isZero();
    ids += files.ids;
    different += files.different;
    choices += files.choices;
  }

  /** What the bundle's front-end and model make of a file before the quantizer. */
  private static float[] latents(Path bundle, TokenizerManifest manifest, Path file)
      throws Exception {
    try (Bundle opened = Bundle.open(bundle);
        Tokenizer tokenizer = Tokenizers.load(opened, TokenizerOptions.threads(2));
        Segments segments =
            SystemTemplatesIT.frontEnd(manifest)
                .open(SampleInput.of(file.getFileName().toString(), Files.readAllBytes(file)))) {
      Map<String, NativeTensor> inputs = SegmentCodes.tensors(tokenizer, List.of(segments.next()));
      try {
        return tokenizer.latents(inputs).values();
      } finally {
        inputs.values().forEach(NativeTensor::close);
      }
    }
  }

  /** The largest difference as a share of the largest value. */
  private static double difference(float[] one, float[] other) {
    assertThat(other).hasSameSizeAs(one);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < one.length; i++) {
      difference = Math.max(difference, Math.abs((double) one[i] - other[i]));
      largest = Math.max(largest, Math.abs(one[i]));
    }
    return difference / largest;
  }

  /** How DAC chooses a level's code: by the cosine behind a linear map. */
  private record Projection(FloatTensor map, FloatTensor bias, FloatTensor codebook) {
    /** One a level; none for quantizers that compare the vectors themselves. */
    static List<Projection> of(TokenizerManifest manifest, Path bundle) {
      Object parts = manifest.quantizer().orElseThrow().parameters().get("parts");
      if (!manifest.quantizer().orElseThrow().family().equals("residual") || parts == null) {
        return List.of();
      }
      Function<String, FloatTensor> tensors = TensorFiles.in(bundle);
      return ((List<?>) parts)
          .stream()
              .map(part -> (Map<?, ?>) part)
              .map(
                  part ->
                      new Projection(
                          tensors.apply((String) part.get("project_in")),
                          tensors.apply((String) part.get("project_in_bias")),
                          tensors.apply((String) ((Map<?, ?>) part.get("inner")).get("codebook"))))
              .toList();
    }

    Distance distance(double[] rest, int id) {
      int d = codebook.extent(1);
      double[] vector = new double[d];
      double[] code = new double[d];
      for (int i = 0; i < d; i++) {
        vector[i] = bias.values()[i];
        for (int j = 0; j < rest.length; j++) {
          vector[i] += map.values()[i * rest.length + j] * rest[j];
        }
        code[i] = codebook.values()[id * d + i];
      }
      double ofVector = Math.sqrt(Distance.squares(vector));
      double ofCode = Math.sqrt(Distance.squares(code));
      for (int i = 0; i < d; i++) {
        vector[i] /= ofVector;
        code[i] /= ofCode;
      }
      return Distance.of(vector, code);
    }
  }

  /**
   * A squared distance in 64 bits.
   *
   * @param terms the squares that it is made of
   */
  private record Distance(double value, double terms) {
    static Distance of(double[] vector, double[] code) {
      double sum = 0;
      for (int i = 0; i < vector.length; i++) {
        sum += (vector[i] - code[i]) * (vector[i] - code[i]);
      }
      return new Distance(sum, squares(vector) + squares(code));
    }

    static double squares(double[] values) {
      return Arrays.stream(values).map(value -> value * value).sum();
    }

    /** By how much this is more than another, as a share of the terms; negative when it is less. */
    double excess(Distance other) {
      return (value - other.value) / Math.max(terms, other.terms);
    }
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
   * Counts ids that are not the package's. At the first level that differs, both must have chosen
   * the nearest code of their own features, as well as 32-bit floats can tell. What follows is the
   * quantization of another rest.
   */
  private static final class Misses {
    private final Quantizer quantizer;
    private final List<Projection> projections;
    private int ids;
    private int different;
    private int choices;
    private double widest;

    Misses(Quantizer quantizer, List<Projection> projections) {
      this.quantizer = quantizer;
      this.projections = projections;
    }

    void count(float[] theirLatents, float[] ourLatents, int[] theirs, int[] ours) {
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
        double theirExcess = excess(theirLatents, i, their, our, level);
        double ourExcess = excess(ourLatents, i, our, their, level);
        String place = "vector " + i + " at level " + level;
        assertThat(theirExcess).as("the package's choice for %s", place).isLessThan(RESOLUTION);
        assertThat(ourExcess).as("our choice for %s", place).isLessThan(RESOLUTION);
        widest = Math.max(widest, Math.max(theirExcess, ourExcess));
      }
    }

    /** By how much the chosen code is farther than the other one. */
    private double excess(float[] latents, int vector, int[] chosen, int[] other, int level) {
      return distance(latents, vector, chosen, level)
          .excess(distance(latents, vector, other, level));
    }

    /** The distance that the level's code was chosen by. */
    private Distance distance(float[] latents, int vector, int[] ids, int level) {
      int d = quantizer.dimensions();
      double[] before = decoded(ids, 0, level);
      double[] rest = new double[d];
      for (int j = 0; j < d; j++) {
        rest[j] = latents[vector * d + j] - before[j];
      }
      return projections.isEmpty()
          ? Distance.of(rest, decoded(ids, level, level + 1))
          : projections.get(level).distance(rest, ids[level]);
    }

    /** What the ids from one level to before another stand for. */
    private double[] decoded(int[] ids, int from, int to) {
      int[] kept = ids.clone();
      float[] found = new float[quantizer.dimensions()];
      if (kept.length > 1) {
        Arrays.fill(kept, 0, from, -1);
        Arrays.fill(kept, to, kept.length, -1);
      }
      if (to > from) {
        quantizer.decode(kept, 1, found);
      }
      double[] wide = new double[found.length];
      Arrays.setAll(wide, j -> found[j]);
      return wide;
    }

    @Override
    public String toString() {
      return String.format("%d differ, of %d near ties, gap %.1e", different, choices, widest);
    }
  }
}
