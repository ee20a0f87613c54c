package org.tessera.pipeline.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.storage.RowWriter;

/**
 * Parquet for Hugging Face datasets: {@code name}, {@code input_ids} as 32-bit numbers, optional
 * columns, and labels.
 */
final class HfParquet extends ShardFormat {
  /** What a loss leaves out. */
  private static final int IGNORED = -100;

  private static final int OVERHEAD = 64;

  /** Columns that can be asked for. */
  enum Column {
    /** The ids again, -100 where there is padding. */
    LABELS,
    /** 1 for each id, 0 for padding. */
    ATTENTION_MASK,
    /** Places within the document, from 0. */
    POSITION_IDS,
    /** The lengths of the documents in the sequence. */
    DOCUMENT_LENGTHS,
    /** For each modality and for text a list of its ids. */
    MODALITIES;

    static Column of(String name) {
      for (Column column : values()) {
        if (column.id().equals(name)) {
          return column;
        }
      }
      throw new IllegalArgumentException(
          "Cannot write the column "
              + name
              + " (choose from "
              + Arrays.stream(values()).map(Column::id).toList()
              + ")");
    }

    String id() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private final List<Column> columns;
  private final List<String> labels;
  private final List<String> modalities;
  private final Map<String, String> metadata;
  private final MessageType schema;

  HfParquet(ExportSpec spec) {
    this.columns = spec.output().columns().stream().map(Column::of).toList();
    this.labels = spec.output().labels();
    this.modalities = modalities(spec);
    this.metadata = Map.of("tessera.vocabulary", spec.vocabulary());
    this.schema = schema();
    if (IdType.named(spec.output().dtype()) != IdType.INT32) {
      throw new IllegalArgumentException(
          "Cannot write Parquet ids of "
              + spec.output().dtype()
              + ": lists of int32 are what trainers read (leave --dtype out)");
    }
  }

  private static List<String> modalities(ExportSpec spec) {
    TreeSet<String> kinds = new TreeSet<>();
    spec.sources().forEach(source -> kinds.add(source.modality()));
    spec.streams().stream()
        .filter(stream -> stream.template().contains("{text"))
        .forEach(stream -> kinds.add(Span.TEXT));
    return List.copyOf(kinds);
  }

  private MessageType schema() {
    List<String> lists = new ArrayList<>(List.of("input_ids"));
    for (Column column : columns) {
      if (column == Column.MODALITIES) {
        modalities.forEach(kind -> lists.add(kind + "_ids"));
      } else {
        lists.add(column.id());
      }
    }
    StringBuilder text =
        new StringBuilder("message tessera_sequences {\n  required binary name (STRING);\n");
    for (String list : lists) {
      text.append("  required group ")
          .append(list)
          .append(" (LIST) { repeated group list { required int32 element; } }\n");
    }
    MessageType lean = MessageTypeParser.parseMessageType(text.append("}").toString());
    List<org.apache.parquet.schema.Type> fields = new ArrayList<>(lean.getFields());
    for (String label : labels) {
      if (lean.containsField(label)) {
        throw new IllegalArgumentException(
            "Cannot write label " + label + ": there is a column of this name (leave it out)");
      }
      fields.add(
          org.apache.parquet.schema.Types.required(
                  org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(label));
    }
    return new MessageType(lean.getName(), fields);
  }

  @Override
  public void check(Sequence sequence) {
    labels.forEach(label -> Labels.text(sequence, label));
  }

  @Override
  public long bytes(Sequence sequence) {
    long lists = 1;
    for (Column column : columns) {
      lists += column == Column.DOCUMENT_LENGTHS ? 0 : 1;
    }
    return OVERHEAD + 4L * lists * sequence.ids().length;
  }

  @Override
  public String file(String shard, Sequence sequence, long index) {
    return "data/" + shard + ".parquet";
  }

  @Override
  public ShardSink open(ShardTarget target, String name) throws IOException {
    String file = "data/" + name + ".parquet";
    ParquetSink<Sequence> sink =
        new ParquetSink<>(
            target.parquet(file), target.configuration(), schema, metadata, this::fields);
    return new ShardSink() {
      private boolean finished;

      @Override
      public void write(Sequence sequence, long index) throws IOException {
        sink.write(sequence);
      }

      @Override
      public String finish() throws IOException {
        finished = true;
        sink.close();
        return "";
      }

      @Override
      public void close() throws IOException {
        if (!finished) {
          sink.close();
        }
      }
    };
  }

  private void fields(Sequence sequence, RowWriter out) {
    int real = sequence.documents().stream().mapToInt(Integer::intValue).sum();
    int[] ids = sequence.ids();
    out.text("name", sequence.name());
    out.integers("input_ids", ids);
    for (Column column : columns) {
      if (column == Column.MODALITIES) {
        for (String kind : modalities) {
          out.integers(kind + "_ids", idsOf(sequence, kind));
        }
      } else {
        out.integers(column.id(), values(column, sequence, ids, real));
      }
    }
    for (String label : labels) {
      out.text(label, Labels.text(sequence, label));
    }
  }

  private static int[] values(Column column, Sequence sequence, int[] ids, int real) {
    int[] values = new int[ids.length];
    switch (column) {
      case LABELS -> {
        System.arraycopy(ids, 0, values, 0, real);
        Arrays.fill(values, real, values.length, IGNORED);
      }
      case ATTENTION_MASK -> Arrays.fill(values, 0, real, 1);
      case POSITION_IDS -> {
        int place = 0;
        for (int length : sequence.documents()) {
          for (int i = 0; i < length; i++) {
            values[place++] = i;
          }
        }
      }
      default -> {
        return sequence.documents().stream().mapToInt(Integer::intValue).toArray();
      }
    }
    return values;
  }

  private static int[] idsOf(Sequence sequence, String kind) {
    IntList found = new IntList();
    for (Span span : sequence.spans()) {
      if (span.kind().equals(kind)) {
        found.addAll(Arrays.copyOfRange(sequence.ids(), span.from(), span.to()));
      }
    }
    return found.toArray();
  }
}
