package org.tessera.pipeline.export;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;

/** Makes a specification from what a user asks and what tokenizers there are. Used once. */
public final class ExportPlanner {
  private final ExportOptions options;
  private final Map<String, TokenizerManifest> manifests;
  private final Optional<Vocabulary> previous;

  /**
   * A planner.
   *
   * @param manifests the tokenizers that have tokens, by their identity in the token table
   * @param previous the vocabulary of what is already exported
   */
  public ExportPlanner(
      ExportOptions options,
      Map<String, TokenizerManifest> manifests,
      Optional<Vocabulary> previous) {
    this.options = options;
    this.manifests = manifests;
    this.previous = previous;
  }

  /**
   * The specification.
   *
   * @throws IllegalArgumentException when the options contradict each other or the tokenizers
   */
  public ExportSpec plan() {
    checkOptions();
    List<ExportSpec.Stream> streams = streams();
    List<ExportSpec.Source> sources = sources(streams);
    Vocabulary vocabulary = vocabulary(streams, sources);
    ExportSpec spec =
        new ExportSpec(
            VocabularyFile.write(vocabulary),
            sources,
            streams,
            options.key,
            options.incomplete,
            options.pad,
            options.separator,
            options.pack,
            options.buckets.stream().sorted().distinct().toList(),
            options.seed,
            options.shardBytes,
            options.shardSamples,
            output(vocabulary));
    new Composer(spec);
    ShardFormat.of(spec);
    return spec;
  }

  private void checkOptions() {
    options.format.checkCompression(options.compression);
    if (!options.format.layouts().contains(options.layout)) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot write %s in the layout %s (choose from %s, or none)",
              options.format.id(),
              options.layout,
              options.format.layouts().stream().filter(layout -> !layout.isEmpty()).toList()));
    }
    if (options.pack.context() > 0 && !options.buckets.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot pack sequences and bucket them by length (leave one out)");
    }
    if (options.pack.context() < 0
        || options.buckets.stream().anyMatch(bound -> bound < 1)
        || options.buckets.size() > 900) {
      throw new IllegalArgumentException(
          "Cannot use these lengths: they are at least 1, and at most 900");
    }
    if (options.shardBytes < 1 || options.shardSamples < 0) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot write shards of %d bytes and %d sequences (give at least 1)",
              options.shardBytes, options.shardSamples));
    }
    if (!options.columns.isEmpty() && options.format != ExportFormat.HF) {
      throw new IllegalArgumentException(
          "Cannot add columns "
              + options.columns
              + " to "
              + options.format.id()
              + " (hf has them)");
    }
  }

  private List<ExportSpec.Stream> streams() {
    List<ExportSpec.Stream> streams = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<String> templates =
        options.templates.isEmpty()
            ? manifests.values().stream()
                .map(TokenizerManifest::name)
                .map(name -> name + "={" + name + "}")
                .toList()
            : options.templates;
    for (String given : templates) {
      int equals = given.indexOf('=');
      boolean named = equals > 0 && given.substring(0, equals).matches("[A-Za-z0-9_-]+");
      String template = named ? given.substring(equals + 1) : given;
      String name = named ? given.substring(0, equals) : defaultName(template);
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            "Cannot use two templates named " + name + " (name them, as NAME=TEMPLATE)");
      }
      streams.add(new ExportSpec.Stream(name, wrapped(template), weight(name)));
    }
    for (String name : options.weights.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "Cannot weigh " + name + ": there is no such template (there are " + names + ")");
      }
    }
    return streams;
  }

  private double weight(String name) {
    double weight = options.weights.getOrDefault(name, 1.0);
    if (!(weight > 0 && weight <= 1000)) {
      throw new IllegalArgumentException(
          "Cannot weigh " + name + " by " + weight + " (give more than 0, at most 1000)");
    }
    return weight;
  }

  private static String defaultName(String template) {
    return String.join(
        "-",
        Template.parse("", template).parts().stream()
            .filter(part -> part.kind() == Template.Kind.ROWS)
            .map(Template.Part::name)
            .toList());
  }

  private String wrapped(String template) {
    return (options.bos.isEmpty() ? "" : "<" + options.bos + ">")
        + template
        + (options.eos.isEmpty() ? "" : "<" + options.eos + ">");
  }

  /** The tokenizers that the templates name, or whose modality they name. */
  private List<ExportSpec.Source> sources(List<ExportSpec.Stream> streams) {
    Set<String> named = new LinkedHashSet<>();
    for (ExportSpec.Stream stream : streams) {
      Template.parse(stream.name(), stream.template()).parts().stream()
          .filter(part -> part.kind() == Template.Kind.ROWS || part.kind() == Template.Kind.SIZE)
          .forEach(part -> named.add(part.name()));
    }
    Set<String> known = new HashSet<>();
    List<ExportSpec.Source> all = new ArrayList<>();
    List<ExportSpec.Source> used = new ArrayList<>();
    for (Map.Entry<String, TokenizerManifest> entry : manifests.entrySet()) {
      TokenizerManifest manifest = entry.getValue();
      ExportSpec.Source source =
          new ExportSpec.Source(
              manifest.name(),
              manifest.modality().id(),
              entry.getKey(),
              manifest.layout(),
              flatten(manifest));
      if (!known.add(manifest.name())) {
        throw new IllegalArgumentException(
            "Cannot export two tokenizers named "
                + manifest.name()
                + " together (export their tokens apart)");
      }
      all.add(source);
      if (named.contains(source.tokenizer()) || named.contains(source.modality())) {
        used.add(source);
      }
    }
    for (String tokenizer : options.flatten.keySet()) {
      if (!tokenizer.isEmpty() && !known.contains(tokenizer)) {
        throw new IllegalArgumentException(
            "Cannot flatten " + tokenizer + ": there are tokens of " + known);
      }
    }
    // With none of them known the composer says what there is.
    return used.isEmpty() ? all : used;
  }

  private String flatten(TokenizerManifest manifest) {
    String given = options.flatten.getOrDefault(manifest.name(), options.flatten.get(""));
    if (given != null) {
      return given;
    }
    TokenLayout layout = manifest.layout();
    FlattenOrder order =
        !layout.scales().isEmpty()
            ? FlattenOrder.SCALES
            : layout.slotAxis().isEmpty() ? FlattenOrder.ROW_MAJOR : FlattenOrder.INTERLEAVED;
    return order.id();
  }

  private Vocabulary vocabulary(List<ExportSpec.Stream> streams, List<ExportSpec.Source> sources) {
    VocabularyBuilder builder = new VocabularyBuilder();
    Vocabulary base =
        previous.orElseGet(
            () ->
                options
                    .vocabulary
                    .map(VocabularyFile::read)
                    .orElse(new Vocabulary(List.of(), List.of(), SizeTags.NONE, List.of())));
    builder.extending(base);
    if (previous.isEmpty()) {
      builder.text(options.textVocabulary);
      if (options.top >= 0) {
        builder.top(options.top, options.above);
      }
    }
    if (options.descending) {
      builder.descendingCodes();
    }
    addSpecials(builder, base, streams);
    if (options.sizeTags > 0 && base.sizes().count() != options.sizeTags) {
      builder.sizeTags(options.sizeTags);
    }
    for (ExportSpec.Source source : sources) {
      Optional<CodeRange> range = base.codes(source.tokenizer());
      if (range.isPresent() && !range.get().fingerprint().equals(source.fingerprint())) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot export tokens of %s %s: the vocabulary was made for its version %s",
                source.tokenizer(), source.fingerprint(), range.get().fingerprint()));
      }
      if (range.isEmpty()) {
        builder.codes(manifests.get(source.fingerprint()), source.fingerprint(), options.offsets);
      }
    }
    return builder.build();
  }

  private void addSpecials(
      VocabularyBuilder builder, Vocabulary base, List<ExportSpec.Stream> streams) {
    Set<String> done = new HashSet<>();
    base.specials().forEach(special -> done.add(special.name()));
    for (String given : options.specials) {
      int equals = given.lastIndexOf('=');
      String name = equals < 0 ? given : given.substring(0, equals);
      if (!done.add(name)) {
        continue;
      }
      if (equals < 0) {
        builder.special(name, "", meaning(name));
      } else {
        builder.specialAt(id(given, given.substring(equals + 1)), name, "", meaning(name));
      }
    }
    List<String> names =
        new ArrayList<>(List.of(options.bos, options.eos, options.pad, options.separator));
    for (ExportSpec.Stream stream : streams) {
      Template.parse(stream.name(), stream.template()).parts().stream()
          .filter(part -> part.kind() == Template.Kind.SPECIAL)
          .forEach(part -> names.add(part.name()));
    }
    for (String name : names) {
      if (!name.isEmpty() && done.add(name)) {
        builder.special(name, "", meaning(name));
      }
    }
  }

  private String meaning(String name) {
    return name.equals(options.bos)
        ? "a document begins"
        : name.equals(options.eos)
            ? "a document ends"
            : name.equals(options.pad)
                ? "padding"
                : name.equals(options.separator) ? "a row or scale ends" : "";
  }

  private static int id(String given, String number) {
    try {
      return Integer.parseInt(number);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Cannot use the special token " + given + ": " + number + " is not an id", e);
    }
  }

  private ExportSpec.Output output(Vocabulary vocabulary) {
    IdType type =
        !options.dtype.isEmpty()
            ? IdType.named(options.dtype.toLowerCase(Locale.ROOT))
            : switch (options.format) {
              case HF, JSONL -> IdType.INT32;
              case MEGATRON -> IdType.megatron(vocabulary.size());
              case NPY -> NpyTree.type(options.layout, vocabulary.largest());
              default -> IdType.of(vocabulary.largest());
            };
    type.check(vocabulary.largest());
    return new ExportSpec.Output(
        options.format.id(),
        type.id(),
        options.layout,
        options.columns,
        options.labels,
        options.name,
        options.compression);
  }
}
