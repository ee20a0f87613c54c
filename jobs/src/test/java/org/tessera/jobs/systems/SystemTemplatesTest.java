package org.tessera.jobs.systems;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.npy.Npz;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.udf.audio.AudioFrontEnd;
import org.tessera.udf.eeg.EegFrontEnd;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.image.ImageFrontEnd;
import org.tessera.udf.points.PointsFrontEnd;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleInput;

/**
 * Each template of {@code conf/systems} with a random model of the published geometry: front-end,
 * model, quantizer and layout fit together, and a raw file gives the published number of tokens.
 */
class SystemTemplatesTest {
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
    try (Segments segments = frontEnd(template).open(raw(name, template.modality()))) {
      Segment first = segments.next();
      try (Bundle bundle = bundle(template, geometry, first);
          Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(2))) {
        int count = 1;
        check(encode(tokenizer, first), template, geometry);
        for (Segment segment = segments.next(); segment != null; segment = segments.next()) {
          if (count++ < 3) {
            check(encode(tokenizer, segment), template, geometry);
          }
        }
        assertThat(count).isEqualTo(geometry.segments());
      }
    }
  }

  static FrontEnd frontEnd(TokenizerManifest template) {
    return switch (template.modality()) {
      case IMAGE -> ImageFrontEnd.of(template.frontEnd(), Limits.DEFAULT);
      case AUDIO -> AudioFrontEnd.of(template.frontEnd(), Limits.DEFAULT);
      case EEG -> EegFrontEnd.of(template.frontEnd(), Limits.DEFAULT);
      case POINTS -> PointsFrontEnd.of(template.frontEnd(), Limits.DEFAULT);
    };
  }

  private static SampleInput raw(String name, Modality modality) throws IOException {
    return switch (modality) {
      case IMAGE ->
          SampleInput.of(
              "a.png", name.equals("atoken") ? RawFiles.png(320, 240) : RawFiles.png(700, 500));
      case AUDIO -> SampleInput.of("a.wav", RawFiles.wav(22050, 10));
      case EEG -> SampleInput.of("a.edf", RawFiles.edf(250, 20));
      case POINTS -> SampleInput.of("a.ply", RawFiles.ply(5000));
    };
  }

  /** The template's bundle with a random model in place of the published one. */
  private Bundle bundle(TokenizerManifest template, Geometry geometry, Segment example)
      throws IOException {
    List<ModelSpec> published = template.models();
    SignatureSpec encode =
        new SignatureSpec(
            SignatureSpec.DEFAULT_NAME,
            published.get(0).encode().inputs(),
            published.get(published.size() - 1).encode().outputs());
    try (BundleWriter writer = BundleWriter.to(directory.resolve(template.name()))) {
      RandomModels.write(
          writer.directory().resolve("model"),
          geometry,
          template.layout(),
          encode.inputs(),
          example.inputs(),
          encode.outputs());
      writeTensors(writer.directory(), geometry.tensors());
      return writer.finish(
          template.toBuilder().models(List.of(ModelSpec.of("tensorflow", "model", encode))));
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

  static Codes encode(Tokenizer tokenizer, Segment segment) {
    Map<String, NativeTensor> inputs = new TreeMap<>();
    try {
      for (Map.Entry<String, Features> input : segment.inputs().entrySet()) {
        Features features = input.getValue();
        long[] shape = new long[features.shape().length + 1];
        shape[0] = 1;
        for (int i = 1; i < shape.length; i++) {
          shape[i] = features.shape()[i - 1];
        }
        NativeTensor tensor = tokenizer.allocate(features.type(), shape);
        inputs.put(input.getKey(), tensor);
        features.writeTo(tensor, 0);
      }
      return tokenizer.encode(inputs);
    } finally {
      inputs.values().forEach(NativeTensor::close);
    }
  }

  private static void check(Codes codes, TokenizerManifest template, Geometry geometry) {
    assertThat(Arrays.stream(codes.shape()).boxed().toList()).isEqualTo(geometry.tokens());
    int radix = template.layout().radix(0);
    int length = codes.lengths() == null ? codes.ids().length : codes.lengths()[0];
    int[] kept = Arrays.copyOf(codes.ids(), length);
    assertThat(Arrays.stream(kept).allMatch(id -> id >= 0 && id < radix)).isTrue();
    // Random vectors do not all fall into one code.
    assertThat(Arrays.stream(kept).distinct().count()).isGreaterThan(1);
    assertThat(codes.levels() == 0).isEqualTo(codes.errors() == null);
  }
}
