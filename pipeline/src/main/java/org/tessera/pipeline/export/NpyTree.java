package org.tessera.pipeline.export;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One NumPy file a sequence, named by a template. The layouts: {@code 4m}, the rows of a key
 * stacked as (crops, ids) with {@code crop_settings/NAME} of (crops, 5) beside; {@code llamagen},
 * int64 (1, augmentations, ids) with {@code labels/NAME} of (1); {@code fish-speech}, (levels,
 * time) as stored.
 */
final class NpyTree extends ShardFormat {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]+)}");
  private static final int BOX = 5;

  private final ExportSpec.Output output;
  private final IdType type;
  private final int[] levelsFirst;

  NpyTree(ExportSpec spec) {
    this.output = spec.output();
    this.type = IdType.named(output.dtype());
    checkName();
    if (output.layout().equals("llamagen") && output.labels().size() != 1) {
      throw new IllegalArgumentException(
          "Cannot write LlamaGen's labels: give the label that holds class ids by one --label");
    }
    if (!output.layout().isEmpty() && spec.pack().context() > 0) {
      throw new IllegalArgumentException(
          "Cannot pack sequences of the layout " + output.layout() + " (leave one out)");
    }
    this.levelsFirst = output.layout().equals("fish-speech") ? levelsFirst(spec) : new int[0];
  }

  private static int[] levelsFirst(ExportSpec spec) {
    var layout = spec.sources().get(0).layout();
    int level = layout.axes().indexOf(layout.slotAxis());
    if (spec.sources().size() != 1 || level < 0 || layout.axes().size() != 2) {
      throw new IllegalArgumentException(
          "Cannot write (levels, time): give one tokenizer with the axes level and time (there is "
              + layout.axes()
              + ")");
    }
    return new int[] {level, 1 - level};
  }

  private void checkName() {
    Set<String> seen = new HashSet<>();
    Matcher matcher = PLACEHOLDER.matcher(output.name());
    while (matcher.find()) {
      String name = matcher.group(1);
      seen.add(name);
      if (!Set.of("sample_id", "name", "index", "stem", "segment", "source").contains(name)
          && !name.startsWith("label:")) {
        throw new IllegalArgumentException(
            "Cannot name files by "
                + output.name()
                + ": there is no {"
                + name
                + "} (choose {name}, {index}, {stem}, {segment}, {source} or {label:NAME})");
      }
    }
    if (seen.stream().noneMatch(Set.of("sample_id", "name", "index", "stem")::contains)
        || !output.name().endsWith(".npy")
        || output.name().startsWith("/")) {
      throw new IllegalArgumentException(
          "Cannot name files by "
              + output.name()
              + " (have {name}, {stem} or {index} in it, and .npy at its end)");
    }
  }

  @Override
  public void check(Sequence sequence) {
    array(sequence);
    file("", sequence, 0);
    if (output.layout().equals("llamagen")) {
      Labels.number(sequence, output.labels().get(0));
    }
  }

  @Override
  public long bytes(Sequence sequence) {
    return array(sequence).length;
  }

  private byte[] array(Sequence sequence) {
    int[] ids = sequence.ids();
    return switch (output.layout()) {
      case "4m" -> Numbers.npy(ids, type, rows(sequence), ids.length / rows(sequence));
      case "llamagen" -> Numbers.npy(ids, type, 1, rows(sequence), ids.length / rows(sequence));
      case "fish-speech" -> levels(sequence);
      default -> Numbers.npy(ids, type, ids.length);
    };
  }

  /** The number of equally long rows in a sequence of nothing else. */
  private static int rows(Sequence sequence) {
    List<Piece> pieces = sequence.pieces();
    int length = sequence.ids().length / pieces.size();
    for (Piece piece : pieces) {
      if (piece.to() - piece.from() != length || length * pieces.size() != sequence.ids().length) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot stack the rows of %s: they have %s ids, and %d with what is around them"
                    + " (stack rows of one length, by a template of one placeholder)",
                sequence.name(),
                pieces.stream().map(one -> one.to() - one.from()).toList(),
                sequence.ids().length));
      }
    }
    return pieces.size();
  }

  private byte[] levels(Sequence sequence) {
    int[] shape = sequence.grid().shape();
    if (shape.length == 0) {
      throw new IllegalArgumentException(
          "Cannot write "
              + sequence.name()
              + " as (levels, time): it is not one whole row (join by sample_id, keep all levels,"
              + " and have nothing around them)");
    }
    int levels = shape[levelsFirst[0]];
    int steps = shape[levelsFirst[1]];
    int[] ids = new int[sequence.ids().length];
    for (int i = 0; i < ids.length; i++) {
      int level = levelsFirst[0] == 0 ? i / steps : i % levels;
      int step = levelsFirst[0] == 0 ? i % steps : i / levels;
      ids[level * steps + step] = sequence.ids()[sequence.grid().order()[i]];
    }
    return Numbers.npy(ids, type, levels, steps);
  }

  @Override
  public String file(String shard, Sequence sequence, long index) {
    StringBuilder path = new StringBuilder();
    Matcher matcher = PLACEHOLDER.matcher(output.name());
    while (matcher.find()) {
      String value =
          switch (matcher.group(1)) {
            case "index" -> Long.toString(index);
            case "stem" -> ExportKey.stem(sequence.pieces().get(0).row());
            case "segment" -> Integer.toString(sequence.pieces().get(0).row().segment());
            case "source" -> sequence.source();
            case "name", "sample_id" -> sequence.name();
            default -> Labels.text(sequence, matcher.group(1).substring(6));
          };
      matcher.appendReplacement(path, Matcher.quoteReplacement(checked(value, sequence)));
    }
    return matcher.appendTail(path).toString();
  }

  private static String checked(String value, Sequence sequence) {
    if (value.isBlank() || value.contains("/") || value.contains("..") || value.contains("\\")) {
      throw new IllegalArgumentException(
          "Cannot name the file of "
              + sequence.name()
              + " by '"
              + value
              + "' (it must be a plain name; choose another placeholder)");
    }
    return value;
  }

  @Override
  public ShardSink open(ShardTarget target, String name) {
    return new ShardSink() {
      @Override
      public void write(Sequence sequence, long index) throws IOException {
        String file = file(name, sequence, index);
        put(file, array(sequence));
        if (output.layout().equals("4m")) {
          int[] boxes = sequence.grid().boxes();
          put("crop_settings/" + file, Numbers.npy(boxes, IdType.INT32, boxes.length / BOX, BOX));
        } else if (output.layout().equals("llamagen")) {
          long label = Labels.number(sequence, output.labels().get(0));
          put("labels/" + file, Numbers.npy(new int[] {(int) label}, IdType.INT64, 1));
        }
      }

      private void put(String path, byte[] data) throws IOException {
        try (OutputStream out = target.create(path)) {
          out.write(data);
        }
      }

      @Override
      public String finish() {
        return "";
      }

      @Override
      public void close() {}
    };
  }

  /** The types of layouts whose readers fix it. */
  static IdType type(String layout, int largest) {
    return switch (layout) {
      case "4m" -> IdType.INT16;
      case "llamagen", "fish-speech" -> IdType.INT64;
      default -> IdType.of(largest);
    };
  }
}
