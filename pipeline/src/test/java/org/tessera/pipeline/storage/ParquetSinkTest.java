package org.tessera.pipeline.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Parquet's own reader finds in files that were written column by column. */
class ParquetSinkTest {
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message rows {
            required binary name (STRING);
            optional int64 place;
            required group ids (LIST) { repeated group list { required int32 element; } }
            optional group errors (LIST) { repeated group list { required float element; } }
            required group labels (MAP) {
              repeated group key_value {
                required binary key (STRING); required binary value (STRING); } }
            required double start;
            required boolean good;
            required int32 number;
          }
          """);

  private static final MessageType PAIR =
      MessageTypeParser.parseMessageType(
          "message pair { required int32 one; required int32 two; }");

  /** A row; {@code place} and {@code errors} may be null. */
  private record Line(
      String name,
      Long place,
      int[] ids,
      float[] errors,
      Map<String, String> labels,
      double start,
      boolean good,
      int number) {
    void write(RowWriter out) {
      out.text("name", name);
      if (place != null) {
        out.longInteger("place", place);
      }
      out.integers("ids", ids);
      if (errors != null) {
        out.floats("errors", errors);
      }
      out.map("labels", labels);
      out.number("start", start);
      out.flag("good", good);
      out.integer("number", number);
    }
  }

  private static final List<Line> LINES =
      List.of(
          new Line("é", 1L << 40, new int[] {3, -1, 7}, new float[] {.5f}, Map.of(), 1.5, true, 1),
          new Line(
              "", null, new int[0], null, new TreeMap<>(Map.of("b", "2", "a", "1")), -2, false, 2),
          new Line(
              "z", 0L, new int[] {Integer.MAX_VALUE}, new float[0], Map.of("k", ""), 0, true, 3),
          new Line("z", null, new int[] {4, 4}, new float[] {1, Float.NaN}, Map.of(), 0, true, 4));

  @TempDir java.nio.file.Path temp;
  private final Configuration configuration = new Configuration();
  private Path file;

  @BeforeEach
  void name() {
    file = new Path(temp.resolve("rows.parquet").toUri());
  }

  @Test
  void rowsAreReadAsTheyWereWritten() throws IOException {
    try (ParquetSink<Line> sink = sink(file)) {
      for (Line line : LINES) {
        sink.write(line);
      }
      assertThat(sink.rows()).isEqualTo(LINES.size());
    }

    List<Group> rows = read(file);

    assertThat(rows).hasSize(LINES.size());
    for (int i = 0; i < rows.size(); i++) {
      assertSame(rows.get(i), LINES.get(i));
    }
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, configuration))) {
      assertThat(reader.getFileMetaData().getSchema()).isEqualTo(SCHEMA);
      assertThat(reader.getFileMetaData().getKeyValueMetaData()).containsEntry("of", "test");
    }
  }

  @Test
  void rowsOfAnotherFileAreCopied() throws IOException {
    try (ParquetSink<Line> sink = sink(file)) {
      for (Line line : LINES) {
        sink.write(line);
      }
    }
    Path copy = new Path(temp.resolve("copy.parquet").toUri());
    try (ParquetSink<Group> sink = ParquetSink.ofGroups(copy, configuration, SCHEMA, Map.of())) {
      for (Group row : read(file)) {
        sink.write(row);
      }
    }

    assertThat(read(copy)).hasToString(read(file).toString());
  }

  @Test
  void rowGroupsEndWhenTheyAreFull() throws IOException {
    int rows = 40;
    java.util.SplittableRandom random = new java.util.SplittableRandom(7);
    try (ParquetSink<Line> sink = sink(file)) {
      for (int i = 0; i < rows; i++) {
        int[] ids = random.ints(1 << 20).toArray();
        sink.write(new Line("r" + i, null, ids, null, Map.of(), i, true, i));
      }
    }

    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, configuration))) {
      assertThat(reader.getRowGroups())
          .hasSize(2)
          .allSatisfy(
              group ->
                  assertThat(group.getColumns().get(2).getValueCount())
                      .isEqualTo(group.getRowCount() << 20));
      assertThat(reader.getRecordCount()).isEqualTo(rows);
    }
    configuration.set(ReadSupport.PARQUET_READ_SCHEMA, "message m { required int32 number; }");
    assertThat(read(file))
        .extracting(row -> row.getInteger("number", 0))
        .containsExactlyElementsOf(IntStream.range(0, rows).boxed().toList());
  }

  /** Few ids, more than a page holds, more than the dictionary holds, and strange ones. */
  @ParameterizedTest
  @CsvSource({
    "0, 64, PLAIN_DICTIONARY",
    "0, 262144, PLAIN_DICTIONARY",
    "-100, 300, PLAIN_DICTIONARY",
    "-2000000000, 500, PLAIN_DICTIONARY",
    "1048000, 2000, PLAIN_DICTIONARY",
    "0, 1200000, PLAIN"
  })
  void idsOfEveryRangeComeBack(int least, int codes, Encoding encoding) throws IOException {
    java.util.SplittableRandom random = new java.util.SplittableRandom(codes);
    int[] ids = random.ints(5_000_000, least, least + codes).toArray();
    for (int i = 0; i < codes; i++) {
      ids[i] = least + i;
    }
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message m { required group ids (LIST) {"
                + " repeated group list { required int32 element; } } }");
    try (ParquetSink<int[]> sink =
        new ParquetSink<>(
            file, configuration, schema, Map.of(), (row, out) -> out.integers("ids", row))) {
      for (int from = 0; from < ids.length; from += 1000) {
        sink.write(Arrays.copyOfRange(ids, from, from + 1000));
      }
    }

    int[] read = new int[ids.length];
    int at = 0;
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, configuration))) {
      assertThat(reader.getRowGroups()).hasSize(1);
      assertThat(reader.getRowGroups().get(0).getColumns().get(0).getEncodings())
          .contains(encoding);
      ColumnReader column =
          new ColumnReadStoreImpl(
                  reader.readNextRowGroup(),
                  new GroupRecordConverter(schema).getRootConverter(),
                  schema,
                  reader.getFileMetaData().getCreatedBy())
              .getColumnReader(schema.getColumns().get(0));
      for (long i = 0; i < column.getTotalValueCount(); i++) {
        if (column.getCurrentRepetitionLevel() == 0 != (i % 1000 == 0)) {
          throw new AssertionError("a row begins at value " + i);
        }
        read[at++] = column.getInteger();
        column.consume();
      }
    }
    assertThat(at).isEqualTo(ids.length);
    assertThat(Arrays.equals(read, ids)).isTrue();
  }

  @Test
  void aFieldOutOfOrderOrLeftOutIsAnErrorAndTheFileGetsNoFooter() throws IOException {
    try (ParquetSink<Integer> sink =
        new ParquetSink<>(
            file, configuration, PAIR, Map.of(), (row, out) -> out.integer("one", row))) {
      assertThatThrownBy(() -> sink.write(1)).hasMessage("Cannot leave out the required field two");
    }
    assertThatThrownBy(() -> read(file)).hasMessageContaining("is not a Parquet file");

    Path other = new Path(temp.resolve("other.parquet").toUri());
    try (ParquetSink<Integer> sink =
        new ParquetSink<>(
            other,
            configuration,
            PAIR,
            Map.of(),
            (row, out) -> {
              out.integer("one", row);
              out.integer("two", row);
              out.integer("one", row);
            })) {
      assertThatThrownBy(() -> sink.write(1))
          .hasMessageStartingWith("Cannot write field one here (write the fields of message pair");
    }
    assertThat(Files.size(java.nio.file.Path.of(other.toUri()))).isLessThan(8);
  }

  private ParquetSink<Line> sink(Path target) throws IOException {
    return new ParquetSink<>(target, configuration, SCHEMA, Map.of("of", "test"), Line::write);
  }

  private List<Group> read(Path source) throws IOException {
    List<Group> rows = new ArrayList<>();
    try (ParquetReader<Group> reader = reader(source)) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private ParquetReader<Group> reader(Path source) throws IOException {
    return ParquetReader.builder(new GroupReadSupport(), source).withConf(configuration).build();
  }

  private static void assertSame(Group row, Line line) {
    assertThat(row.getString("name", 0)).isEqualTo(line.name());
    assertThat(row.getFieldRepetitionCount("place")).isEqualTo(line.place() == null ? 0 : 1);
    if (line.place() != null) {
      assertThat(row.getLong("place", 0)).isEqualTo(line.place());
    }
    Group ids = row.getGroup("ids", 0);
    assertThat(ids.getFieldRepetitionCount(0)).isEqualTo(line.ids().length);
    for (int i = 0; i < line.ids().length; i++) {
      assertThat(ids.getGroup(0, i).getInteger(0, 0)).isEqualTo(line.ids()[i]);
    }
    assertThat(row.getFieldRepetitionCount("errors")).isEqualTo(line.errors() == null ? 0 : 1);
    if (line.errors() != null) {
      Group list = row.getGroup("errors", 0);
      float[] errors = new float[list.getFieldRepetitionCount(0)];
      for (int i = 0; i < errors.length; i++) {
        errors[i] = list.getGroup(0, i).getFloat(0, 0);
      }
      assertThat(errors).isEqualTo(line.errors());
    }
    Map<String, String> labels = new TreeMap<>();
    Group map = row.getGroup("labels", 0);
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      labels.put(map.getGroup(0, i).getString("key", 0), map.getGroup(0, i).getString("value", 0));
    }
    assertThat(labels).isEqualTo(line.labels());
    assertThat(row.getDouble("start", 0)).isEqualTo(line.start());
    assertThat(row.getBoolean("good", 0)).isEqualTo(line.good());
    assertThat(row.getInteger("number", 0)).isEqualTo(line.number());
  }
}
