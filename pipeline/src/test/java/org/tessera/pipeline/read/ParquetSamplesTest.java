package org.tessera.pipeline.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.TreeMap;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.udf.container.Containers;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** What is damage of a Parquet file, and what is not. */
class ParquetSamplesTest {
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType("message m { required binary content; }");
  private static final Limits SMALL = new Limits(100_000, 1, 1, 1, 1, 1, 1, 1000);

  @TempDir private Path temp;

  @Test
  void aPageThatExpandsBeyondTheLimitIsABomb() throws Exception {
    try (ParquetSamples samples = open(new LocalInputFile(zeros(1_000_000)), SMALL)) {
      assertThatThrownBy(() -> samples.next().fetch())
          .isInstanceOfSatisfying(
              SampleException.class, e -> assertThat(e.code()).isEqualTo(RejectCode.TOO_LARGE))
          .hasMessageContaining("expands to 1000004 (a decompression bomb");
      assertThat(samples.hasNext()).isFalse();
    }
  }

  @Test
  void aStorageThatFailsIsNoDamage() throws Exception {
    InputFile file = new LocalInputFile(zeros(1000));
    try (ParquetSamples samples = open(new Failing(file, 40), Limits.DEFAULT)) {
      assertThatThrownBy(samples::next)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("connection reset");
    }
    assertThatThrownBy(() -> open(new Failing(file, file.getLength()), Limits.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("connection reset");
  }

  private static ParquetSamples open(InputFile file, Limits limits) throws Exception {
    return new ParquetSamples(Containers.Place.object("memory:x", new TreeMap<>()), file, limits);
  }

  private Path zeros(int length) throws IOException {
    Path path = temp.resolve(length + ".parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(path))
            .withConf(new PlainParquetConfiguration())
            .withType(SCHEMA)
            .withDictionaryEncoding(false)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .build()) {
      writer.write(
          new SimpleGroup(SCHEMA)
              .append("content", Binary.fromConstantByteArray(new byte[length])));
    }
    return path;
  }

  /** A file whose first bytes cannot be read. */
  private record Failing(InputFile file, long bytes) implements InputFile {
    @Override
    public long getLength() throws IOException {
      return file.getLength();
    }

    @Override
    public SeekableInputStream newStream() throws IOException {
      SeekableInputStream in = file.newStream();
      InputStream watched =
          new InputStream() {
            @Override
            public int read() throws IOException {
              if (in.getPos() < bytes) {
                throw new IOException("connection reset");
              }
              return in.read();
            }
          };
      return new DelegatingSeekableInputStream(watched) {
        @Override
        public long getPos() throws IOException {
          return in.getPos();
        }

        @Override
        public void seek(long position) throws IOException {
          in.seek(position);
        }
      };
    }
  }
}
