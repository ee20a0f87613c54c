package org.tessera.pipeline.spark.stats;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.storage.RowWriter;
import org.tessera.pipeline.storage.Storage;

/** The folder of the tables. Thread-safe. */
final class TableFolder {
  private static final Map<DataType, PrimitiveTypeName> TYPES =
      Map.of(
          DataTypes.StringType, PrimitiveTypeName.BINARY,
          DataTypes.IntegerType, PrimitiveTypeName.INT32,
          DataTypes.LongType, PrimitiveTypeName.INT64,
          DataTypes.DoubleType, PrimitiveTypeName.DOUBLE);

  private final SparkSession spark;
  private final Storage storage;
  private final String folder;

  /** A folder below a storage. */
  TableFolder(SparkSession spark, Storage storage, String folder) {
    this.spark = spark;
    this.storage = storage;
    this.folder = folder;
  }

  private String path(String table) {
    return storage.path(folder + "/" + table).toString();
  }

  /** Appends rows that are at hand: one file for each tokenizer, without a job. */
  void write(String table, StatsKey key, StructType schema, Iterator<Row> rows) throws IOException {
    Path file = storage.path(folder + "/" + table + "/" + key.fingerprint() + ".parquet");
    try (ParquetSink<Row> sink =
        new ParquetSink<>(
            file,
            spark.sparkContext().hadoopConfiguration(),
            message(schema),
            Map.of(),
            fields(schema))) {
      while (rows.hasNext()) {
        sink.write(rows.next());
      }
    }
  }

  /** Rows that tasks make. */
  Dataset<Row> rows(JavaRDD<Row> rows, StructType schema) {
    return spark.createDataFrame(rows, schema);
  }

  /** Appends rows that tasks make. */
  void append(String table, Dataset<Row> rows) {
    rows.write().mode("append").parquet(path(table));
  }

  /** What is written of a table. */
  Dataset<Row> read(String table) {
    return spark.read().parquet(path(table));
  }

  private static MessageType message(StructType schema) {
    Types.MessageTypeBuilder message = Types.buildMessage();
    for (StructField field : schema.fields()) {
      PrimitiveTypeName type = TYPES.get(field.dataType());
      message.addField(
          Types.primitive(type, Type.Repetition.OPTIONAL)
              .as(type == PrimitiveTypeName.BINARY ? LogicalTypeAnnotation.stringType() : null)
              .named(field.name()));
    }
    return message.named("spark_schema");
  }

  private static BiConsumer<Row, RowWriter> fields(StructType schema) {
    String[] names = schema.fieldNames();
    return (row, out) -> {
      for (int i = 0; i < names.length; i++) {
        if (!row.isNullAt(i)) {
          add(out, names[i], row.get(i));
        }
      }
    };
  }

  private static void add(RowWriter out, String name, Object value) {
    if (value instanceof String text) {
      out.text(name, text);
    } else if (value instanceof Integer number) {
      out.integer(name, number);
    } else if (value instanceof Long number) {
      out.longInteger(name, number);
    } else {
      out.number(name, (Double) value);
    }
  }
}
