package org.tessera.pipeline.fit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.Step;
import org.tessera.pipeline.fit.LearnedQuantizer.Family;

/**
 * Reads fit specifications. The keys are {@code name}, {@code version}, {@code modality}, {@code
 * licence}, {@code front_end} (a list of {@code {step: NAME, parameter: value, ...}}) and {@code
 * learn} with {@code vectors}, {@code transform}, {@code quantizer} and {@code training}; the files
 * in {@code conf/tokenizers} show them. Every unknown key and every wrong value is reported at
 * once.
 */
public final class FitSpecParser {
  private static final int MOST_CODES = 1 << 18;
  private static final int MOST_VECTORS = 1 << 28;

  private final String name;
  private final List<String> problems = new ArrayList<>();

  private FitSpecParser(String name) {
    this.name = name;
  }

  /**
   * Reads a specification.
   *
   * @param name where the text comes from, for messages
   * @param yaml the text
   * @throws FitSpecException listing every problem of the text
   */
  public static FitSpec parse(String name, String yaml) {
    return new FitSpecParser(name).read(yaml);
  }

  private FitSpec read(String yaml) {
    StrictMap root = new StrictMap("", tree(yaml), problems);
    String tokenizer = root.text("name");
    if (!tokenizer.matches("[A-Za-z0-9._-]*")) {
      root.problem("name", tokenizer + " (use letters, digits, dots, underscores and hyphens)");
    }
    String version = root.text("version", "1");
    String modality =
        root.choice("modality", Stream.of(Modality.values()).map(Modality::id).toList());
    String licence = root.text("licence");
    StrictMap learn = root.map("learn");
    Optional<EncoderSpec> encoder = encoder(learn);
    List<Step> frontEnd = frontEnd(root, encoder.isPresent());
    VectorSpec vectors =
        encoder.isPresent() && !learn.has("vectors")
            ? new VectorSpec(VectorSpec.Kind.ROWS, 0, "position")
            : vectors(learn.map("vectors"));
    TransformSpec transform = transform(learn.map("transform"));
    LearnedQuantizer quantizer = quantizer(learn.map("quantizer"));
    TrainingSpec training = training(learn.map("training"));
    learn.finish();
    root.finish();
    if (problems.isEmpty()) {
      checkTogether(Modality.of(modality), vectors, transform, quantizer);
      checkSeeding(training.seeding(), quantizer.codes());
      if (encoder.isPresent() && vectors.kind() == VectorSpec.Kind.PATCHES) {
        problems.add("learn.vectors.kind: patches (an encoder's latents are rows)");
      }
    }
    if (!problems.isEmpty()) {
      throw new FitSpecException(name, problems);
    }
    return new FitSpec(
        tokenizer,
        version,
        Modality.of(modality),
        licence,
        frontEnd,
        encoder,
        vectors,
        transform,
        quantizer,
        training);
  }

  private Map<?, ?> tree(String yaml) {
    ObjectMapper mapper =
        YAMLMapper.builder(
                YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
            .build();
    try {
      if (mapper.readValue(yaml, Object.class) instanceof Map<?, ?> map) {
        return map;
      }
      problems.add("no mapping (write key: value lines)");
    } catch (JsonProcessingException e) {
      problems.add("not YAML: " + e.getMessage());
    }
    throw new FitSpecException(name, problems);
  }

  private static Step step(StrictMap map) {
    String step = map.text("step");
    SortedMap<String, Object> parameters = new TreeMap<>();
    for (Object key : map.keys()) {
      if (!"step".equals(key)) {
        parameters.put(String.valueOf(key), map.raw(String.valueOf(key)));
      }
    }
    return new Step(step, parameters);
  }

  private static List<Step> frontEnd(StrictMap root, boolean encoded) {
    if (!encoded) {
      return root.maps("front_end").stream().map(FitSpecParser::step).toList();
    }
    if (root.has("front_end")) {
      root.problem("front_end", "not with learn.encoder, whose bundle has one (remove it)");
    }
    return List.of();
  }

  /** A bundle, or a mapping of a bundle and what its decoder takes. */
  private static Optional<EncoderSpec> encoder(StrictMap learn) {
    if (!learn.has("encoder")) {
      return Optional.empty();
    }
    if (!(learn.raw("encoder") instanceof Map<?, ?>)) {
      return Optional.of(new EncoderSpec(learn.text("encoder"), 1, 0));
    }
    StrictMap map = learn.map("encoder");
    EncoderSpec encoder =
        new EncoderSpec(
            map.text("bundle"),
            map.number("decoder_scale", 1, -1e6, 1e6),
            map.number("decoder_shift", 0, -1e6, 1e6));
    map.finish();
    return Optional.of(encoder);
  }

  private static VectorSpec vectors(StrictMap map) {
    String kind = map.choice("kind", ids(VectorSpec.Kind.values()));
    boolean patches = kind.equals(VectorSpec.Kind.PATCHES.id());
    int size = patches ? map.integer("size", 1, 256) : 0;
    String axis = patches ? "" : map.text("axis", "position");
    map.finish();
    return new VectorSpec(patches ? VectorSpec.Kind.PATCHES : VectorSpec.Kind.ROWS, size, axis);
  }

  private static TransformSpec transform(StrictMap map) {
    String kind = map.choice("kind", "none", ids(TransformSpec.Kind.values()));
    boolean none = kind.equals("none");
    int dimensions = none ? 0 : map.integer("dimensions", 0, 0, 4096);
    map.finish();
    return new TransformSpec(find(TransformSpec.Kind.values(), kind), dimensions);
  }

  private static LearnedQuantizer quantizer(StrictMap map) {
    String id = map.choice("family", ids(Family.values()));
    Family family = find(Family.values(), id);
    List<Integer> codes =
        switch (family) {
          case VQ, RANDOM_PROJECTION -> List.of(map.integer("codes", 2, MOST_CODES));
          case RESIDUAL -> repeated(map, map.integer("levels", 1, 64));
          case PRODUCT -> repeated(map, map.integer("groups", 1, 256));
          case FSQ -> map.integers("levels", 2, 64);
          case LFQ -> List.of(2);
          case QUANTILES, MINMAX -> List.of(map.integer("bins", 2, 65_536));
        };
    int projected = family == Family.RANDOM_PROJECTION ? map.integer("projected", 1, 4096) : 0;
    map.finish();
    return new LearnedQuantizer(family, codes, projected);
  }

  /** The numbers of codes of several codebooks: one number for all, or one for each. */
  private static List<Integer> repeated(StrictMap map, int count) {
    List<Integer> codes = map.integers("codes", 2, MOST_CODES);
    if (codes.size() == 1) {
      return Collections.nCopies(count, codes.get(0));
    }
    if (codes.size() != count) {
      map.problem("codes", codes + " (give one number, or one for each of " + count + ")");
    }
    return codes;
  }

  private static TrainingSpec training(StrictMap map) {
    String seeding =
        map.choice(
            "seeding",
            TrainingSpec.Seeding.KMEANS_PARALLEL.id(),
            ids(TrainingSpec.Seeding.values()));
    TrainingSpec training =
        new TrainingSpec(
            map.integer("max_vectors", 1_000_000, 2, MOST_VECTORS),
            map.integer("vectors_per_sample", 1024, 1, MOST_VECTORS),
            map.integer("passes", 10, 1, 1000),
            map.integer("mini_batches", 1, 1, 1000),
            find(TrainingSpec.Seeding.values(), seeding),
            map.whole("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE),
            map.integer("block", 1024, 16, 65_536),
            map.number("max_reject_rate", 0.25, 0, 1));
    map.finish();
    return training;
  }

  private void checkSeeding(TrainingSpec.Seeding seeding, List<Integer> codes) {
    if (seeding == TrainingSpec.Seeding.KMEANS_PLUSPLUS
        && codes.stream().anyMatch(number -> number > TrainingSpec.Seeding.MOST_PLUSPLUS)) {
      problems.add(
          "learn.training.seeding: kmeans_plusplus (it takes too long for more than "
              + TrainingSpec.Seeding.MOST_PLUSPLUS
              + " codes; use kmeans_parallel)");
    }
  }

  private void checkTogether(
      Modality modality, VectorSpec vectors, TransformSpec transform, LearnedQuantizer quantizer) {
    if (vectors.kind() == VectorSpec.Kind.PATCHES && modality != Modality.IMAGE) {
      problems.add("learn.vectors.kind: patches (only images have patches; use rows)");
    }
    if (transform.kind() == TransformSpec.Kind.OPQ && quantizer.family() != Family.PRODUCT) {
      problems.add("learn.transform.kind: opq (it serves the product family; use pca)");
    }
    int dimensions = transform.dimensions();
    int groups = quantizer.codes().size();
    if (quantizer.family() == Family.PRODUCT && dimensions % groups != 0) {
      problems.add(
          "learn.transform.dimensions: "
              + dimensions
              + " (give a multiple of "
              + groups
              + ", the number of groups)");
    }
    if (quantizer.family() == Family.FSQ && dimensions != 0 && dimensions != groups) {
      problems.add(
          "learn.transform.dimensions: "
              + dimensions
              + " (give "
              + groups
              + ", one dimension for each number of levels)");
    }
    if (quantizer.family() == Family.LFQ && (dimensions < 1 || dimensions > 18)) {
      problems.add(
          "learn.transform.dimensions: "
              + dimensions
              + " (lfq makes one bit of each dimension; give 1 to 18)");
    }
  }

  private static <E extends Enum<E>> List<String> ids(E[] values) {
    return Stream.of(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** The constant of a word; the first one for a word that was already found wrong. */
  private static <E extends Enum<E>> E find(E[] values, String id) {
    int index = ids(values).indexOf(id);
    return values[Math.max(index, 0)];
  }
}
