package org.tessera.pipeline.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

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
  private final boolean grids;

  private record Made(Template template, double weight, List<String> tokenizers) {}

  /** How the codes of one tokenizer become ids. */
  private record Coder(ExportSpec.Source source, CodeRange range, Flattening flattening) {}

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
    this.grids = spec.output().format().equals(ExportFormat.NPY.id());
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

  private String resolve(Template template, String name) {
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

  private int special(String name) {
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
      Sequence sequence = new Filling(stream, name, rows).fill();
      out.add(sequence);
      for (int copy = 1; copy < copies; copy++) {
        out.add(sequence.named(name + "-copy" + copy));
      }
    }
  }

  /** One template being filled. */
  private final class Filling {
    private final Made stream;
    private final String name;
    private final Map<String, List<ExportRow>> rows;
    private final IntList ids = new IntList();
    private final List<Span> spans = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();
    private final SortedMap<String, String> labels = new TreeMap<>();
    private Sequence.Grid grid = Sequence.Grid.NONE;

    Filling(Made stream, String name, Map<String, List<ExportRow>> rows) {
      this.stream = stream;
      this.name = name;
      this.rows = rows;
      for (List<ExportRow> some : rows.values()) {
        some.forEach(row -> row.labels().forEach(labels::putIfAbsent));
      }
    }

    Sequence fill() {
      for (Template.Part part : stream.template().parts()) {
        int from = ids.size();
        String kind =
            switch (part.kind()) {
              case SPECIAL -> {
                ids.add(special(part.name()));
                yield Span.SPECIAL;
              }
              case SIZE -> {
                size(part);
                yield Span.SIZE;
              }
              case TEXT -> {
                text(part.name());
                yield Span.TEXT;
              }
              case ROWS -> rows(part.name());
            };
        if (ids.size() > from) {
          spans.add(new Span(kind, from, ids.size()));
        }
      }
      return new Sequence(
          name,
          stream.template().name(),
          ids.toArray(),
          spans,
          pieces,
          List.of(ids.size()),
          grid,
          labels);
    }

    private void size(Template.Part part) {
      ExportRow row = rows.get(resolve(stream.template(), part.name())).get(0);
      int axis = coders.get(row.tokenizer()).source().layout().axes().indexOf(part.axis());
      ids.add(vocabulary.sizes().id(row.shape()[axis]));
    }

    private void text(String label) {
      String text = labels.get(label);
      if (text == null) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot fill {text:%s} of %s: it has no such label (it has %s)",
                label, name, labels.keySet()));
      }
      for (int id : TextIds.parse(label, text, name)) {
        if (!vocabulary.isText(id) && vocabulary.specials().stream().noneMatch(s -> s.id() == id)) {
          throw new IllegalArgumentException(
              String.format(
                  "Cannot put id %d of label %s of %s into a sequence: it is no id of the text"
                      + " vocabulary (give its size by --text-vocabulary)",
                  id, label, name));
        }
        ids.add(id);
      }
    }

    private String rows(String placeholder) {
      List<ExportRow> own = rows.get(resolve(stream.template(), placeholder));
      Coder coder = coders.get(own.get(0).tokenizer());
      IntList boxes = new IntList();
      for (ExportRow row : own) {
        int from = ids.size();
        FlatOrder order = order(coder, row);
        flatten(coder, row, order);
        pieces.add(new Piece(row.identity(), row.tokenizer(), from, ids.size(), 0));
        if (grids) {
          boxes.addAll(row.crop().box().length == 0 ? new int[5] : row.crop().box());
          grid = grid(own.size() == 1 ? row : null, order, boxes);
        }
      }
      return coder.source().modality();
    }

    private FlatOrder order(Coder coder, ExportRow row) {
      try {
        FlatOrder order = coder.flattening().order(row.shape());
        order.checkSize(row.ids().length);
        if (order.ids() == 0) {
          throw new IllegalArgumentException("Cannot export an empty list of tokens (run verify)");
        }
        return order;
      } catch (IllegalArgumentException e) {
        throw of(row, e);
      }
    }

    private void flatten(Coder coder, ExportRow row, FlatOrder order) {
      OptionalInt pad = optional(spec.pad());
      OptionalInt separator = optional(spec.separator());
      try {
        for (int place = 0; place < order.length(); place++) {
          int source = order.source(place);
          if (source >= 0) {
            ids.add(coder.range().id(level(coder, order.slot(place)), row.ids()[source]));
          } else {
            ids.add((source == FlatOrder.PAD ? pad : separator).orElseThrow());
          }
        }
      } catch (IllegalArgumentException e) {
        throw of(row, e);
      }
    }

    private int level(Coder coder, int slot) {
      return coder.range().radices().size() == 1 ? 0 : slot;
    }

    private OptionalInt optional(String special) {
      return special.isEmpty() ? OptionalInt.empty() : OptionalInt.of(special(special));
    }

    private Sequence.Grid grid(ExportRow row, FlatOrder order, IntList boxes) {
      boolean whole =
          row != null
              && stream.template().parts().size() == 1
              && order.ids() == order.size()
              && order.length() == order.size();
      if (!whole) {
        return new Sequence.Grid(new int[0], new int[0], boxes.toArray());
      }
      int[] place = new int[order.size()];
      for (int i = 0; i < place.length; i++) {
        place[order.source(i)] = i;
      }
      return new Sequence.Grid(row.shape(), place, boxes.toArray());
    }

    private IllegalArgumentException of(ExportRow row, IllegalArgumentException cause) {
      ExportRow.Identity id = row.identity();
      return new IllegalArgumentException(
          String.format(
              "%s: sample %s, %s%s segment %d",
              cause.getMessage(),
              id.sampleId(),
              id.uri(),
              id.member().isEmpty() ? "" : "!" + id.member(),
              id.segment()),
          cause);
    }
  }
}
