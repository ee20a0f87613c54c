package org.tessera.udf.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The digests are those of FIPS 180-2, appendix B. */
class Sha256Test {
  private static final String OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String OF_A_MILLION_A =
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

  @TempDir private Path folder;

  @Test
  void bytesInMemoryAreHashedOnce() {
    HeapSource source = new HeapSource("abc".getBytes(StandardCharsets.US_ASCII));

    String first = source.sha256();

    assertThat(first).isEqualTo(OF_ABC);
    assertThat(source.sha256()).isSameAs(first);
  }

  @Test
  void aFileOfManyBlocksIsHashedBlockByBlockAndOnce() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "a".repeat(1_000_000));
    try (FileSource source = new FileSource(file)) {
      String first = source.sha256();

      assertThat(first).isEqualTo(OF_A_MILLION_A);
      assertThat(source.sha256()).isSameAs(first);
    }
  }

  @Test
  void aFileThatWasHashedWhileItWasWrittenIsNotReadAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("b"), "other bytes");
    try (FileSource source = new FileSource(file, OF_ABC)) {
      assertThat(source.sha256()).isEqualTo(OF_ABC);
    }
  }

  @Test
  void anEmptySourceHasADigestToo() throws Exception {
    Path file = Files.createFile(folder.resolve("c"));
    try (FileSource source = new FileSource(file)) {
      assertThat(source.sha256()).isEqualTo(new HeapSource(new byte[0]).sha256());
    }
  }
}
