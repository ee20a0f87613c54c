package org.tessera.pipeline.plan;

import java.io.IOException;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.storage.Retries;
import org.tessera.pipeline.storage.RowWriter;

/** The frozen plan as one Parquet file, in the order of its waves. */
public final class PlanTable {
  /** The wave of inputs whose bytes are those that an earlier run read: nothing to do. */
  public static final int UNCHANGED = 0;

  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message tessera_plan {
            required int32 wave;
            required binary uri (STRING);
            required int64 size;
            required binary input (STRING);
          }
          """);

  private PlanTable() {}

  /** An input and the wave that will read it. */
  public record Row(int wave, PlannedInput input) {}

  /** Opens a new plan file. */
  public static ParquetSink<Row> open(Path file, Configuration configuration) throws IOException {
    return new ParquetSink<>(file, configuration, SCHEMA, Map.of(), PlanTable::write);
  }

  /** Reads the inputs of one wave, in order. */
  public static void readWave(
      Path file, Configuration configuration, int wave, ObjIntConsumer<PlannedInput> inputs)
      throws IOException {
    read(
        file,
        configuration,
        FilterCompat.get(FilterApi.eq(FilterApi.intColumn("wave"), wave)),
        inputs);
  }

  /** Reads all inputs with their waves, in order. */
  public static void readAll(
      Path file, Configuration configuration, ObjIntConsumer<PlannedInput> inputs)
      throws IOException {
    read(file, configuration, FilterCompat.NOOP, inputs);
  }

  private static void read(
      Path file,
      Configuration configuration,
      FilterCompat.Filter filter,
      ObjIntConsumer<PlannedInput> inputs)
      throws IOException {
    // A second attempt goes on behind the rows that the first gave away.
    long[] given = new long[1];
    Retries.read(() -> readFrom(file, configuration, filter, given, inputs));
  }

  private static long readFrom(
      Path file,
      Configuration configuration,
      FilterCompat.Filter filter,
      long[] given,
      ObjIntConsumer<PlannedInput> inputs)
      throws IOException {
    long number = 0;
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file)
            .withConf(configuration)
            .withFilter(filter)
            .build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        number++;
        if (number > given[0]) {
          given[0] = number;
          inputs.accept(
              PlannedInput.fromJson(row.getString("input", 0)), row.getInteger("wave", 0));
        }
      }
    }
    return number;
  }

  private static void write(Row row, RowWriter out) {
    out.integer("wave", row.wave());
    out.text("uri", row.input().object().uri());
    out.longInteger("size", row.input().bytes());
    out.text("input", row.input().toJson());
  }
}
