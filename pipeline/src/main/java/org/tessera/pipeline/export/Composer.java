package org.tessera.pipeline.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts sequences together from token rows. Not thread-safe. */
public final class Composer {
  private static final Comparator<ExportRow> IN_FILE =
      Comparator.<ExportRow>comparingInt(row -> row.identity().segment())
          .thenComparingInt(row -> row.identity().channel())
          .thenComparing(row -> row.identity().uri())
          .thenComparing(row -> row.identity().member());

  private final ExportSpec spec;
  private final Vocabulary vocabulary;
  private final ExportKey key;
  private final List<Made> streams = new ArrayList<>();
  private final Map<String, Coder> coders = new HashMap<>();

  private record Made(Template template, double weight, List<String> tokenizers) {}

  /** How the codes of one tokenizer become ids. */
  record Coder(ExportSpec.Source source, CodeRange range, Flattening flattening) {}

  /**
   * Checks that everything fits together.
   *
   * @throws IllegalArgumentException for an unknown placeholder or special token, and what {@link
   *     Flattening} refuses
   */
  public Composer(ExportSpec spec) {
    this.spec = spec;
    this.vocabulary = VocabularyFile.read(spec.vocabulary());
    this.key = ExportKey.parse(spec.key());
    for (ExportSpec.Source source : spec.sources()) {
      coders.put(source.tokenizer(), coder(source));
    }
    for (ExportSpec.Stream stream : spec.streams()) {
      Template template = Template.parse(stream.name(), stream.template());
      streams.add(new Made(template, stream.weight(), check(template)));
    }
  }

  private Coder coder(ExportSpec.Source source) {
    FlattenSpec flatten = FlattenSpec.parse(source.flatten());
    if (flatten.order() == FlattenOrder.DELAY && spec.pad().isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot delay levels of " + source.tokenizer() + " without a pad (name one)");
    }
    if (!flatten.separatorAxis().isEmpty() && spec.separator().isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot separate the "
              + flatten.separatorAxis()
              + "s of "
              + source.tokenizer()
              + " without a separator (name one)");
    }
    CodeRange range =
        vocabulary
            .codes(source.tokenizer())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Cannot export " + source.tokenizer() + ": it is not in the vocabulary"));
    return new Coder(source, range, new Flattening(source.layout(), flatten));
  }

  /** The tokenizers of a template's rows and sizes, in order. */
  private List<String> check(Template template) {
    List<String> tokenizers = new ArrayList<>();
    for (Template.Part part : template.parts()) {
      switch (part.kind()) {
        case SPECIAL -> special(part.name());
        case ROWS -> tokenizers.add(resolve(template, part.name()));
        case SIZE -> {
          Coder coder = coders.get(resolve(template, part.name()));
          if (!coder.source().layout().axes().contains(part.axis())) {
            throw new IllegalArgumentException(
                String.format(
                    "Cannot use the template %s: %s has the axes %s, not %s",
                    template.text(),
                    coder.source().tokenizer(),
                    coder.source().layout().axes(),
                    part.axis()));
          }
        }
        case TEXT -> {
          // Text ids are known by sample only.
        }
      }
    }
    if (tokenizers.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use the template "
              + template.text()
              + ": it takes no tokens (put a {tokenizer}"
              + " in it)");
    }
    return tokenizers;
  }

  String resolve(Template template, String name) {
    if (coders.containsKey(name)) {
      return name;
    }
    List<String> ofModality =
        spec.sources().stream()
            .filter(source -> source.modality().equals(name))
            .map(ExportSpec.Source::tokenizer)
            .toList();
    if (ofModality.size() > 1) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot use the template %s: {%s} may be any of %s (name one)",
              template.text(), name, ofModality));
    }
    if (ofModality.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot use the template %s: there is no {%s} (there are %s)",
              template.text(),
              name,
              spec.sources().stream()
                  .map(source -> "{" + source.modality() + "} or {" + source.tokenizer() + "}")
                  .toList()));
    }
    return ofModality.get(0);
  }

  int special(String name) {
    return vocabulary
        .special(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot use <"
                        + name
                        + ">: the vocabulary has no such special token (it has "
                        + vocabulary.specials().stream().map(SpecialToken::name).toList()
                        + ")"))
        .id();
  }

  /**
   * The tokenizers whose rows an earlier export took by the same templates.
   *
   * @throws IllegalArgumentException when it took a tokenizer's rows by some of its templates only
   */
  public static Set<String> exportedBy(ExportSpec earlier, ExportSpec now) {
    Set<String> exported = new HashSet<>();
    Set<String> left = new HashSet<>();
    for (Made stream : new Composer(now).streams) {
      boolean same =
          earlier.streams().stream()
              .anyMatch(
                  other ->
                      other.name().equals(stream.template().name())
                          && other.template().equals(stream.template().text()));
      (same ? exported : left).addAll(stream.tokenizers());
    }
    for (String tokenizer : left) {
      if (exported.contains(tokenizer)) {
        throw new IllegalArgumentException(
            "Cannot append: tokens of "
                + tokenizer
                + " are exported by one of these templates, and not by another (give the new one"
                + " alone)");
      }
    }
    return exported;
  }

  Coder coder(String tokenizer) {
    return coders.get(tokenizer);
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  ExportSpec spec() {
    return spec;
  }

  /** The key of a row. */
  public String key(ExportRow row) {
    return key.of(row);
  }

  /** Whether every row makes its sequences alone. */
  public boolean rowsAreAlone() {
    return key.kind() == ExportKey.Kind.SAMPLE_ID
        && streams.stream().allMatch(stream -> stream.tokenizers().size() == 1);
  }

  /**
   * The sequences of the rows of one key.
   *
   * @return none of a template whose rows are not all there, when these are to be skipped
   * @throws IllegalArgumentException when the rows do not fit together, or hold ids that have no
   *     place in the vocabulary
   */
  public List<Sequence> compose(String rowsKey, List<ExportRow> rows) {
    Map<String, List<ExportRow>> byTokenizer = new LinkedHashMap<>();
    rows.stream()
        .sorted(IN_FILE)
        .forEach(
            row -> byTokenizer.computeIfAbsent(row.tokenizer(), any -> new ArrayList<>()).add(row));
    if (key.kind() == ExportKey.Kind.SAMPLE_ID) {
      Alignment.check(rows);
    }
    List<Sequence> sequences = new ArrayList<>();
    for (Made stream : streams) {
      if (byTokenizer.keySet().containsAll(stream.tokenizers())) {
        add(stream, rowsKey, byTokenizer, sequences);
      } else if (!spec.incomplete().equals(ExportSpec.SKIP)
          && stream.tokenizers().stream().anyMatch(byTokenizer::containsKey)) {
        throw incomplete(stream, rowsKey, byTokenizer);
      }
    }
    return sequences;
  }

  private static IllegalArgumentException incomplete(
      Made stream, String key, Map<String, List<ExportRow>> rows) {
    return new IllegalArgumentException(
        String.format(
            "Cannot fill the template %s for %s: it has tokens of %s, not of %s (tokenize the"
                + " rest, join by another --key, or skip such samples by --incomplete skip)",
            stream.template().text(),
            key,
            rows.keySet(),
            stream.tokenizers().stream().filter(name -> !rows.containsKey(name)).toList()));
  }

  private void add(
      Made stream, String rowsKey, Map<String, List<ExportRow>> rows, List<Sequence> out) {
    String base =
        key.kind() == ExportKey.Kind.SAMPLE_ID
            ? rowsKey
            : Order.place(spec.key() + "\0" + rowsKey, 0);
    String name = streams.size() == 1 ? base : base + "-" + stream.template().name();
    int copies = Order.copies(name, stream.weight(), spec.seed());
    if (copies > 0) {
      Sequence sequence = new TemplateFilling(this, stream.template(), name, rows).fill();
      out.add(sequence);
      for (int copy = 1; copy < copies; copy++) {
        out.add(sequence.named(name + "-copy" + copy));
      }
    }
  }
}
