package org.tessera.pipeline.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** One template being filled. */
final class TemplateFilling {
  private final Composer composer;
  private final Template template;
  private final String name;
  private final boolean grids;
  private final Map<String, List<ExportRow>> rows;
  private final IntList ids = new IntList();
  private final List<Span> spans = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();
  private final SortedMap<String, String> labels = new TreeMap<>();
  private Sequence.Grid grid = Sequence.Grid.NONE;

  TemplateFilling(
      Composer composer, Template template, String name, Map<String, List<ExportRow>> rows) {
    this.composer = composer;
    this.template = template;
    this.grids = composer.spec().output().format().equals(ExportFormat.NPY.id());
    this.name = name;
    this.rows = rows;
    for (List<ExportRow> some : rows.values()) {
      some.forEach(row -> row.labels().forEach(labels::putIfAbsent));
    }
  }

  Sequence fill() {
    for (Template.Part part : template.parts()) {
      int from = ids.size();
      String kind =
          switch (part.kind()) {
            case SPECIAL -> {
              ids.add(composer.special(part.name()));
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
        name, template.name(), ids.toArray(), spans, pieces, List.of(ids.size()), grid, labels);
  }

  private void size(Template.Part part) {
    ExportRow row = rows.get(composer.resolve(template, part.name())).get(0);
    int axis = composer.coder(row.tokenizer()).source().layout().axes().indexOf(part.axis());
    ids.add(composer.vocabulary().sizes().id(row.shape()[axis]));
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
      if (!composer.vocabulary().isText(id)
          && composer.vocabulary().specials().stream().noneMatch(s -> s.id() == id)) {
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
    List<ExportRow> own = rows.get(composer.resolve(template, placeholder));
    Composer.Coder coder = composer.coder(own.get(0).tokenizer());
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

  private FlatOrder order(Composer.Coder coder, ExportRow row) {
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

  private void flatten(Composer.Coder coder, ExportRow row, FlatOrder order) {
    OptionalInt pad = optional(composer.spec().pad());
    OptionalInt separator = optional(composer.spec().separator());
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

  private int level(Composer.Coder coder, int slot) {
    return coder.range().radices().size() == 1 ? 0 : slot;
  }

  private OptionalInt optional(String special) {
    return special.isEmpty() ? OptionalInt.empty() : OptionalInt.of(composer.special(special));
  }

  private Sequence.Grid grid(ExportRow row, FlatOrder order, IntList boxes) {
    boolean whole =
        row != null
            && template.parts().size() == 1
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
