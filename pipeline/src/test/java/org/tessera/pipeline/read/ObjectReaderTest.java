package org.tessera.pipeline.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.PlannedInput.ObjectState;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

class ObjectReaderTest {
  private static final Configuration CONFIGURATION = new Configuration();
  private static final int SPOOLED_ABOVE = 200_000;

  @TempDir private Path folder;
  private final ObjectReader reader = new ObjectReader(CONFIGURATION, 1_000_000, SPOOLED_ABOVE);

  @ParameterizedTest
  @ValueSource(
      strings = {"a.bin", "a b.bin", "50%.bin", "%20.bin", "x#y?z.bin", "ü€.bin", "a:b.bin"})
  void readsFilesOfAllNames(String name) throws Exception {
    byte[] bytes = random(100_000);
    Path file = Files.write(folder.resolve(name), bytes);
    assertReads(new ObjectState("file:" + file, bytes.length, modified(file), ""), bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_535, 65_536, 65_537, SPOOLED_ABOVE, SPOOLED_ABOVE + 1})
  void readsFilesOfAllSizes(int size) throws Exception {
    byte[] bytes = random(size);
    Path file = Files.write(folder.resolve("a.bin"), bytes);
    assertReads(planned(file), bytes);
    assertReads(new ObjectState("file://" + file, size, modified(file), ""), bytes);
  }

  /** The plan is Hadoop's, the reader takes a shorter way to the same facts. */
  @Test
  void whatHadoopPlannedIsFoundUnchanged() throws Exception {
    Path file = Files.write(folder.resolve("a.bin"), random(10));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_234_567_890_123L));
    reader.checkUnchanged(planned(file));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_234_567_890_124L));
    assertRejected(new ObjectState("file:" + file, 10, 1_234_567_890_123L, ""), RejectCode.CHANGED);
  }

  @Test
  void whatIsGoneEmptyOrTooLargeIsRejected() throws Exception {
    Path file = Files.write(folder.resolve("a.bin"), random(1_000_001));
    assertRejected(planned(file), RejectCode.TOO_LARGE);
    Files.write(file, new byte[0]);
    assertRejected(planned(file), RejectCode.EMPTY);
    ObjectState planned = planned(file);
    Files.delete(file);
    assertRejected(planned, RejectCode.MISSING);
    Files.createDirectory(file);
    assertRejected(planned, RejectCode.CHANGED);
  }

  /** Files that Hadoop wrote have checksums beside them. */
  @Test
  void checksumsThatHadoopWroteAreChecked() throws Exception {
    byte[] bytes = random(10_000);
    Path file = folder.resolve("a.bin");
    try (OutputStream out =
        FileSystem.getLocal(CONFIGURATION).create(new org.apache.hadoop.fs.Path(file.toUri()))) {
      out.write(bytes);
    }
    assertThat(folder.resolve(".a.bin.crc")).exists();
    assertReads(planned(file), bytes);
    bytes[5000]++;
    Files.write(file, bytes);
    ObjectState planned = planned(file);
    assertThatThrownBy(() -> reader.read(planned)).isInstanceOf(ChecksumException.class);
  }

  private void assertReads(ObjectState planned, byte[] bytes) throws Exception {
    ObjectReader.Content content = reader.read(planned);
    assertThat(content.source().readAll(2_000_000)).isEqualTo(bytes);
    assertThat(content.source().sha256())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    content.release().run();
    try (var in = reader.open(planned)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
  }

  private void assertRejected(ObjectState planned, RejectCode code) {
    assertThatThrownBy(() -> reader.read(planned))
        .asInstanceOf(InstanceOfAssertFactories.type(SampleException.class))
        .extracting(SampleException::code)
        .isEqualTo(code);
  }

  private static ObjectState planned(Path file) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toUri());
    return InputLister.state(path.getFileSystem(CONFIGURATION).getFileStatus(path));
  }

  private static long modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toMillis();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
