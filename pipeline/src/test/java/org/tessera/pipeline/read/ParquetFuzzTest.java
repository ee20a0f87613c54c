package org.tessera.pipeline.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.udf.container.Containers;
import org.tessera.udf.fuzz.Fuzzer;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** Damaged Parquet files give samples and rejections, and never fail a task. */
class ParquetFuzzTest {
  private static final Limits LIMITS =
      new Limits(1 << 20, 1 << 20, 1 << 20, 60, 8, 1 << 20, 2, 10_000);
  private static final MessageType HUGGING_FACE =
      MessageTypeParser.parseMessageType(
          "message m { optional group image { optional binary bytes; optional binary path (UTF8); }"
              + " required int32 label; optional binary caption (UTF8);"
              + " repeated double box; optional group tags (LIST) { repeated group list {"
              + " optional binary element (UTF8); } } }");
  private static final MessageType PLAIN =
      MessageTypeParser.parseMessageType(
          "message m { required binary content; required binary key (UTF8); optional int64 n;"
              + " optional boolean good; required fixed_len_byte_array(4) four; optional int96 t; }");

  @TempDir private Path temp;

  @Test
  void readsOrRejects() throws Exception {
    List<byte[]> seeds =
        List.of(
            file(HUGGING_FACE, CompressionCodecName.UNCOMPRESSED, WriterVersion.PARQUET_1_0),
            file(HUGGING_FACE, CompressionCodecName.SNAPPY, WriterVersion.PARQUET_2_0),
            file(HUGGING_FACE, CompressionCodecName.ZSTD, WriterVersion.PARQUET_1_0),
            file(PLAIN, CompressionCodecName.GZIP, WriterVersion.PARQUET_1_0),
            file(PLAIN, CompressionCodecName.UNCOMPRESSED, WriterVersion.PARQUET_2_0));
    for (byte[] seed : seeds) {
      assertThat(samples(seed)).hasSize(20);
    }

    Fuzzer.Result result =
        new Fuzzer("parquet", seeds, ParquetFuzzTest::samples, LIMITS.timeoutMillis()).run();

    assertThat(result.failures()).isEmpty();
    assertThat(result.rejected()).containsKeys(RejectCode.MALFORMED);
    assertThat(result.read()).isPositive();
  }

  /** Reads all there is; then throws the last rejection, if any. */
  private static List<byte[]> samples(byte[] bytes) throws SampleException {
    List<byte[]> contents = new ArrayList<>();
    SampleException last = null;
    try (Containers.Samples samples =
        new ParquetSamples(
            Containers.Place.object("memory:x", new TreeMap<>()),
            new SourceInputFile(new HeapSource(bytes)),
            LIMITS)) {
      while (samples.hasNext()) {
        RawSample sample = samples.next();
        try {
          contents.add(sample.fetch().input().content().readAll(LIMITS.bytes()));
        } catch (SampleException e) {
          last = e;
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("Cannot fail for damaged bytes", e);
    }
    if (last != null) {
      throw last;
    }
    return contents;
  }

  private byte[] file(MessageType schema, CompressionCodecName codec, WriterVersion version)
      throws IOException {
    Path file = temp.resolve(schema.getColumns().size() + "-" + codec + "-" + version);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(schema)
            .withCompressionCodec(codec)
            .withWriterVersion(version)
            .withPageRowCountLimit(7)
            .build()) {
      for (int i = 0; i < 20; i++) {
        writer.write(schema == PLAIN ? plain(i) : huggingFace(i));
      }
    }
    return Files.readAllBytes(file);
  }

  private static Group huggingFace(int i) {
    SimpleGroup row = new SimpleGroup(HUGGING_FACE);
    row.addGroup("image").append("bytes", content(i)).append("path", "a/" + i + ".jpg");
    row.append("label", i % 3);
    if (i % 4 > 0) {
      row.append("caption", "caption " + i % 2);
    }
    row.append("box", i / 7.0);
    row.addGroup("tags").addGroup("list").append("element", "tag");
    return row;
  }

  private static Group plain(int i) {
    SimpleGroup row = new SimpleGroup(PLAIN);
    row.append("content", content(i)).append("key", "key-" + i).append("n", (long) i * i);
    row.append("good", i % 2 == 0).append("four", Binary.fromConstantByteArray(new byte[4]));
    return row;
  }

  private static Binary content(int i) {
    return Binary.fromString("content of file " + i % 15);
  }
}
