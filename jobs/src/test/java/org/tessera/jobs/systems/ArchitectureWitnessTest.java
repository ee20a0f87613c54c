package org.tessera.jobs.systems;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.npy.TensorFiles;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.Quantizers;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.SampleInput;

/**
 * Real architectures with random weights, from their own packages: a raw file through front-end,
 * ONNX Runtime and quantizer gives the package's own ids, but for near ties. The folders are made
 * by {@code src/test/python/architectures.py}; without them the test does not run.
 */
@EnabledIfSystemProperty(named = "tessera.witnesses", matches = ".+")
class ArchitectureWitnessTest {
  @TempDir Path directory;

  static Stream<Path> witnesses() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of(System.getProperty("tessera.witnesses")))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("ids.npy")))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("witnesses")
  void givesThePackagesOwnIds(Path folder) throws Exception {
    TokenizerManifest manifest =
        TokenizerManifest.fromJson(Files.readString(folder.resolve("manifest.json")));
    NpyArray own = Npy.read(folder.resolve("ids.npy"));
    Quantizer quantizer = Quantizers.of(manifest.quantizer().orElseThrow(), TensorFiles.in(folder));
    float[] latents = Npy.read(folder.resolve("latents.npy")).toFloatTensor().values();
    int count = latents.length / quantizer.dimensions();
    int[] expected = byVector(own.toInts(), manifest.layout(), count);
    int[] fromLatents = new int[expected.length];
    quantizer.encode(latents, count, fromLatents, null);
    Codes codes;
    try (Bundle bundle = bundle(folder, manifest);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(2));
        Segments segments =
            SystemTemplatesTest.frontEnd(manifest)
                .open(SampleInput.of(raw(folder), bytes(folder)))) {
      Segment segment = segments.next();
      codes = SystemTemplatesTest.encode(tokenizer, segment);
      assertThat(segments.next()).isNull();
    }
    assertThat(codes.shape()).isEqualTo(own.shape());
    int[] fromFile = byVector(codes.ids(), manifest.layout(), count);
    System.out.printf(
        "%s: %d ids of %d vectors; vectors with another id: %d from equal latents, %d from the raw"
            + " file%n",
        manifest.name(),
        expected.length,
        count,
        nearTies(quantizer, latents, expected, fromLatents),
        nearTies(quantizer, latents, expected, fromFile));
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
   * The number of vectors with another id than the package's. At the first level that differs, both
   * ids must be equally near to 1e-5 of their distance: 32-bit distances cannot tell them apart,
   * and what follows is the quantization of another rest.
   */
  private static int nearTies(Quantizer quantizer, float[] latents, int[] expected, int[] actual) {
    int slots = quantizer.idsPerVector();
    int different = 0;
    for (int i = 0; i < expected.length / slots; i++) {
      int[] theirs = Arrays.copyOfRange(expected, i * slots, (i + 1) * slots);
      int[] ours = Arrays.copyOfRange(actual, i * slots, (i + 1) * slots);
      int level = Arrays.mismatch(theirs, ours);
      if (level < 0) {
        continue;
      }
      different++;
      assertThat(quantizer.droppable() || slots == 1).isTrue();
      double their = distance(quantizer, latents, i, theirs, level);
      double our = distance(quantizer, latents, i, ours, level);
      assertThat(Math.abs(our - their) / their)
          .as("relative gap of vector " + i + " at level " + level)
          .isLessThan(1e-5);
    }
    return different;
  }

  /** The squared distance of a latent to what its ids up to a level stand for. */
  private static double distance(
      Quantizer quantizer, float[] latents, int vector, int[] ids, int level) {
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

  private Bundle bundle(Path folder, TokenizerManifest manifest) throws IOException {
    List<String> kept;
    try (Stream<Path> files = Files.list(folder)) {
      kept =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.matches(".*\\.(onnx|npy|npz)"))
              .filter(name -> !name.equals("ids.npy") && !name.equals("latents.npy"))
              .sorted()
              .toList();
    }
    try (BundleWriter writer = BundleWriter.to(directory.resolve(manifest.name()))) {
      kept.forEach(name -> writer.add(folder.resolve(name), name));
      return writer.finish(manifest.toBuilder());
    }
  }

  private static String raw(Path folder) {
    return Files.exists(folder.resolve("raw.wav")) ? "raw.wav" : "raw.png";
  }

  private static byte[] bytes(Path folder) throws IOException {
    return Files.readAllBytes(folder.resolve(raw(folder)));
  }
}
