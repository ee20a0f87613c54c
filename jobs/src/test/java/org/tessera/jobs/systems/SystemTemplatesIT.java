package org.tessera.jobs.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.npy.Npz;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleInput;

/**
 * Each template of {@code conf/systems} with a random model of the published geometry: the main job
 * makes of a raw file the published number of tokens, at the published rate, in the published
 * layout, all within the codebooks.
 */
class SystemTemplatesIT {
  private static final Path TEMPLATES = Path.of("..", "conf", "systems");

  @TempDir Path directory;

  static Stream<String> systems() throws IOException {
    try (Stream<Path> files = Files.list(TEMPLATES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .map(name -> name.substring(0, name.length() - 5))
          .sorted()
          .toList()
          .stream();
    }
  }

  @Test
  void everySystemIsTested() throws IOException {
    assertThat(systems()).containsExactlyInAnyOrderElementsOf(Geometry.ALL.keySet());
  }

  @ParameterizedTest
  @MethodSource("systems")
  void givesThePublishedTokens(String name) throws Exception {
    TokenizerManifest template =
        TokenizerManifest.fromJson(Files.readString(TEMPLATES.resolve(name + ".json")));
    Geometry geometry = Geometry.ALL.get(name);
    assertThat(template.name()).isEqualTo(name);
    byte[] raw = raw(name, template.modality());
    String fileName = fileName(template.modality());
    Path files = Files.createDirectory(directory.resolve("raw"));
    Files.write(files.resolve(fileName), raw);
    Path bundle;
    try (Segments segments =
        FrontEnds.of(template, Limits.DEFAULT).open(SampleInput.of(fileName, raw))) {
      bundle = bundle(template, geometry, segments.next());
    }

    List<Row> rows = MainJob.tokenize(bundle, files, directory.resolve("output"));

    assertThat(rows).hasSize(geometry.segments());
    for (Row row : rows) {
      check(row, template, geometry);
    }
  }

  @AfterAll
  static void stop() {
    MainJob.stop();
  }

  private static byte[] raw(String name, Modality modality) throws IOException {
    return switch (modality) {
      case IMAGE -> name.equals("atoken") ? RawFiles.png(320, 240) : RawFiles.png(700, 500);
      case AUDIO -> RawFiles.wav(22050, 10);
      case EEG -> RawFiles.edf(250, 20);
      case POINTS -> RawFiles.ply(5000);
    };
  }

  private static String fileName(Modality modality) {
    return switch (modality) {
      case IMAGE -> "a.png";
      case AUDIO -> "a.wav";
      case EEG -> "a.edf";
      case POINTS -> "a.ply";
    };
  }

  /** The template's bundle with a random model in place of the published one. */
  private Path bundle(TokenizerManifest template, Geometry geometry, Segment example)
      throws IOException {
    List<ModelSpec> published = template.models();
    SignatureSpec encode =
        new SignatureSpec(
            SignatureSpec.DEFAULT_NAME,
            published.get(0).encode().inputs(),
            published.get(published.size() - 1).encode().outputs());
    Path target = directory.resolve(template.name());
    try (BundleWriter writer = BundleWriter.to(target)) {
      RandomModels.write(
          writer.directory().resolve("model"),
          geometry,
          template.layout(),
          encode.inputs(),
          example.inputs(),
          encode.outputs());
      writeTensors(writer.directory(), geometry.tensors());
      writer
          .finish(template.toBuilder().models(List.of(ModelSpec.of("tensorflow", "model", encode))))
          .close();
      return target;
    }
  }

  private static void writeTensors(Path root, Map<String, List<Integer>> tensors)
      throws IOException {
    Random random = new Random(7);
    SortedMap<String, SortedMap<String, NpyArray>> archives = new TreeMap<>();
    for (Map.Entry<String, List<Integer>> tensor : new TreeMap<>(tensors).entrySet()) {
      int[] shape = tensor.getValue().stream().mapToInt(Integer::intValue).toArray();
      float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      NpyArray array = NpyArray.of(FloatTensor.of(values, shape).values(), shape);
      int colon = tensor.getKey().indexOf(':');
      if (colon < 0) {
        Npy.write(root.resolve(tensor.getKey()), array);
      } else {
        archives
            .computeIfAbsent(tensor.getKey().substring(0, colon), file -> new TreeMap<>())
            .put(tensor.getKey().substring(colon + 1), array);
      }
    }
    for (Map.Entry<String, SortedMap<String, NpyArray>> archive : archives.entrySet()) {
      Npz.write(root.resolve(archive.getKey()), archive.getValue());
    }
  }

  private static void check(Row row, TokenizerManifest template, Geometry geometry) {
    TokenLayout layout = template.layout();
    List<Integer> ids = row.getList(2);
    List<Integer> shape = row.getList(3);
    if (template.keepsPositions()) {
      // A random mask drops some; verify has looked at the positions.
      assertThat(ids.size()).isBetween(1, geometry.tokens().get(0) - 1);
      assertThat(org.tessera.pipeline.stats.Geometry.positions(row.getString(5)))
          .hasSameSizeAs(ids);
    } else {
      assertThat(shape).isEqualTo(geometry.tokens());
    }
    int[] extents = shape.stream().mapToInt(Integer::intValue).toArray();
    int slots = layout.slots(extents);
    int stride = layout.slotStride(extents);
    for (int i = 0; i < ids.size(); i++) {
      int slot = layout.radices().size() == 1 ? 0 : i / stride % slots;
      assertThat(ids.get(i)).isBetween(0, layout.radix(slot) - 1);
    }
    // Random vectors do not all fall into one code.
    assertThat(ids.stream().distinct().count()).isGreaterThan(1);
    if (geometry.rate() > 0) {
      assertThat(ids.size() / row.getDouble(4)).isCloseTo(geometry.rate(), withPercentage(1));
    }
  }
}
