package org.tessera.jobs.systems;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
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
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleInput;

/**
 * Real architectures with random weights, from their own packages: {@code bundle create} wraps them
 * and the main job runs over real files. From the package's own features the ids are the package's
 * own, all of them but where its distances, rounded, hide which code is nearer; from the files,
 * where features differ in their last bits, all but a few near ties. From the package's own signals
 * and beside its ids in 64 bits they are counted too, which tells apart what resampling, the engine
 * and 32 bits do. The folders are made by {@code src/test/python/architectures.py}; without them
 * the test does not run.
 */
@EnabledIfSystemProperty(named = "tessera.witnesses", matches = ".+")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureWitnessIT {
  /**
   * Of the ids of all files, fewer may be chosen otherwise than by the package; the ids of later
   * levels, which follow from that, are counted and printed beside.
   */
  private static final double MISSES = 1e-4;

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
    List<Row> rows =
        MainJob.tokenize(target, folder.resolve("raw"), directory.resolve(folder.getFileName()));
    try (Stream<Path> raw = Files.list(folder.resolve("raw"))) {
      assertThat(raw.count()).isEqualTo(rows.size());
    }

    if (manifest.quantizer().isEmpty()) {
      compareIds(folder, target, rows);
      return;
    }
    Comparison comparison = new Comparison(folder, manifest, target);
    try (Bundle opened = Bundle.open(target);
        Tokenizer tokenizer = Tokenizers.load(opened, TokenizerOptions.threads(2))) {
      for (Row row : rows) {
        comparison.compare(row, tokenizer);
      }
    }

    System.out.println(comparison);
    if (!comparison.features.projects()) {
      // Where another code is chosen it is the nearer one: the package's distances are rounded.
      assertThat(comparison.features.margin()).isZero();
      assertThat(comparison.features.choices())
          .isLessThanOrEqualTo((int) (MISSES * comparison.features.ids()));
    }
    assertThat(comparison.files.farthest()).isLessThan(1e-4);
    ids += comparison.files.ids();
    different += comparison.files.different();
    choices += comparison.files.choices();
  }

  /** Of a model that gives ids itself: from the files and from the package's signals. */
  private void compareIds(Path folder, Path target, List<Row> rows) throws Exception {
    int[] counts = new int[3];
    try (Bundle opened = Bundle.open(target);
        Tokenizer tokenizer = Tokenizers.load(opened, TokenizerOptions.threads(2))) {
      for (Row row : rows) {
        Path file = file(row);
        NpyArray stored = Npy.read(folder.resolve("ids").resolve(file + ".npy"));
        assertThat(row.<Integer>getList(3))
            .isEqualTo(Arrays.stream(stored.shape()).boxed().toList());
        int[] theirs = stored.toInts();
        counts[0] += theirs.length;
        int[] ours = row.<Integer>getList(2).stream().mapToInt(i -> i).toArray();
        counts[1] += differing(theirs, ours);
        Map<String, NativeTensor> inputs =
            SegmentCodes.tensors(tokenizer, List.of(given(folder, file)));
        try {
          counts[2] += differing(theirs, tokenizer.encode(inputs).ids());
        } finally {
          inputs.values().forEach(NativeTensor::close);
        }
      }
    }
    System.out.printf(
        "| %s | %d ids%n| signals: %d differ%n| files: %d differ%n",
        folder.getFileName(), counts[0], counts[2], counts[1]);
    assertThat((double) counts[2] / counts[0]).isLessThan(MISSES);
    ids += counts[0];
    different += counts[1];
    choices += counts[1];
  }

  private static int differing(int[] one, int[] other) {
    assertThat(other).hasSameSizeAs(one);
    return (int) IntStream.range(0, one.length).filter(i -> one[i] != other[i]).count();
  }

  private static Path file(Row row) {
    return Path.of(java.net.URI.create(row.getString(0)).getPath()).getFileName();
  }

  /** The signal that the package's encoder was given of a file, and its other inputs. */
  private static Segment given(Path folder, Path file) throws IOException {
    SortedMap<String, Features> beside = new TreeMap<>();
    Path inputs = folder.resolve("inputs");
    if (Files.isDirectory(inputs)) {
      try (Stream<Path> roles = Files.list(inputs)) {
        for (Path role : roles.toList()) {
          beside.put(role.getFileName().toString(), features(role, file));
        }
      }
    }
    Features signal = features(folder.resolve("signals"), file);
    return Segment.of(0, -1, 0, 0, signal, beside, Collections.emptySortedMap());
  }

  private static Features features(Path part, Path file) throws IOException {
    FloatTensor stored = Npy.read(part.resolve(file + ".npy")).toFloatTensor();
    return new FloatFeatures(stored.values(), stored.shape());
  }

  /** One system's files, each compared with what its package gave. */
  private static final class Comparison {
    private final Path folder;
    private final TokenizerManifest manifest;
    private final Quantizer quantizer;

    /** From the package's own features. */
    final Misses features;

    /** From the signal that the package's encoder was given, through the bundle's model. */
    final Misses signals;

    /** From the files, by the main job. */
    final Misses files;

    /** The package in 32 bits beside itself in 64; of none where it was not run in 64. */
    final Misses package32;

    /** The main job beside the package in 64 bits. */
    final Misses exact;

    Comparison(Path folder, TokenizerManifest manifest, Path bundle) {
      this.folder = folder;
      this.manifest = manifest;
      this.quantizer = Quantizers.of(manifest.quantizer().orElseThrow(), TensorFiles.in(bundle));
      this.features = new Misses(quantizer, manifest, bundle);
      this.signals = new Misses(quantizer, manifest, bundle);
      this.files = new Misses(quantizer, manifest, bundle);
      this.package32 = new Misses(quantizer, manifest, bundle);
      this.exact = new Misses(quantizer, manifest, bundle);
    }

    void compare(Row row, Tokenizer tokenizer) throws Exception {
      Path file = file(row);
      NpyArray stored = stored("ids", file);
      assertThat(row.<Integer>getList(3)).isEqualTo(Arrays.stream(stored.shape()).boxed().toList());
      float[] theirLatents = stored("latents", file).toFloatTensor().values();
      int[] theirs = byVector(stored.toInts());
      features.count(theirLatents, theirLatents, theirs, quantized(theirLatents));

      float[] ofSignal = latents(tokenizer, given(folder, file));
      signals.count(theirLatents, ofSignal, theirs, quantized(ofSignal));

      float[] ofFile;
      byte[] raw = Files.readAllBytes(folder.resolve("raw").resolve(file));
      try (Segments segments =
          FrontEnds.of(manifest, Limits.DEFAULT).open(SampleInput.of(file.toString(), raw))) {
        ofFile = latents(tokenizer, segments.next());
      }
      int[] ours = byVector(row.<Integer>getList(2).stream().mapToInt(i -> i).toArray());
      files.count(theirLatents, ofFile, theirs, ours);

      if (!Files.isDirectory(folder.resolve("exact"))) {
        return;
      }
      float[] exactLatents = stored("exact/latents", file).toFloatTensor().values();
      int[] exactIds = byVector(stored("exact/ids", file).toInts());
      package32.count(exactLatents, theirLatents, exactIds, theirs);
      exact.count(exactLatents, ofFile, exactIds, ours);
    }

    private NpyArray stored(String part, Path file) throws IOException {
      return Npy.read(folder.resolve(part).resolve(file + ".npy"));
    }

    private int[] quantized(float[] latents) {
      int count = latents.length / quantizer.dimensions();
      int[] found = new int[count * quantizer.idsPerVector()];
      quantizer.encode(latents, count, found, null);
      return found;
    }

    /** What the bundle's model makes of a segment before the quantizer. */
    private static float[] latents(Tokenizer tokenizer, Segment segment) {
      Map<String, NativeTensor> inputs = SegmentCodes.tensors(tokenizer, List.of(segment));
      try {
        return tokenizer.latents(inputs).values();
      } finally {
        inputs.values().forEach(NativeTensor::close);
      }
    }

    /** From the layout's order to all ids of a vector together. */
    private int[] byVector(int[] ids) {
      int slots = quantizer.idsPerVector();
      TokenLayout layout = manifest.layout();
      if (slots == 1 || layout.axes().indexOf(layout.slotAxis()) > 0) {
        return ids;
      }
      int count = ids.length / slots;
      int[] vectors = new int[ids.length];
      for (int i = 0; i < ids.length; i++) {
        vectors[i % count * slots + i / count] = ids[i];
      }
      return vectors;
    }

    @Override
    public String toString() {
      String all =
          String.format(
              "| %s | %d ids%n| features: %s%n| signals: %s%n| files: %s",
              manifest.name(), files.ids(), features, signals, files);
      return exact.ids() == 0
          ? all
          : all
              + String.format(
                  "%n| the package, exactly: %s%n| files, exactly: %s", package32, exact);
    }
  }
}
