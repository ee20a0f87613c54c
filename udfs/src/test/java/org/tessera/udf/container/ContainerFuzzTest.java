package org.tessera.udf.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Modality;
import org.tessera.udf.fuzz.Fuzzer;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** Damaged archives give samples and rejections, and never fail a task. */
class ContainerFuzzTest {
  private static final Limits LIMITS =
      new Limits(1 << 20, 1 << 20, 1 << 20, 60, 8, 1 << 20, 2, 10_000);
  private static final String[] FILES = {
    "a/0001.jpg",
    "JPEG one, with some bytes",
    "a/0001.json",
    "{\"label\": \"cat\"}",
    "a/0001.cls",
    "7",
    "b.png",
    "PNG",
    "c/rest.vhdr",
    "header",
    "c/rest.eeg",
    "data"
  };

  @Test
  void readsOrRejects() throws Exception {
    byte[] tar = tar("", FILES, new byte[0]);
    List<byte[]> seeds =
        List.of(
            tar,
            gzip(tar),
            zip("", FILES, new byte[0]),
            tar("in.zip", new String[] {"d.jpg", "JPEG"}, zip("", FILES, new byte[0])),
            zip("in.tar.gz", new String[] {"d.jpg", "JPEG"}, gzip(tar)),
            tar(
                "x".repeat(150) + "/deep.jpg",
                FILES,
                "long name".getBytes(StandardCharsets.UTF_8)));
    for (byte[] seed : seeds) {
      read(seed);
    }

    Fuzzer.Result result =
        new Fuzzer("containers", seeds, ContainerFuzzTest::read, LIMITS.timeoutMillis()).run();

    assertThat(result.failures()).isEmpty();
    assertThat(result.rejected()).containsKeys(RejectCode.TRUNCATED, RejectCode.MALFORMED);
    assertThat(result.read()).isPositive();
  }

  /** Reads all there is; then throws the last rejection, if any. */
  private static void read(byte[] bytes) throws SampleException {
    Containers containers =
        new Containers(
            Modality.EEG,
            LIMITS,
            (place, source) -> {
              throw SampleException.of(
                  Phase.CONTAINER, RejectCode.UNSUPPORTED_FORMAT, "Cannot read Parquet here");
            });
    try {
      Optional<Containers.Samples> samples =
          containers.open(
              Containers.Place.object("memory:x", new TreeMap<>()), new HeapSource(bytes));
      if (samples.isEmpty()) {
        throw SampleException.of(
            Phase.CONTAINER, RejectCode.UNKNOWN_FORMAT, "Cannot open: it is no container");
      }
      SampleException last;
      try (Containers.Samples open = samples.get()) {
        last = drain(open);
      }
      if (last != null) {
        throw last;
      }
    } catch (IOException e) {
      throw new IllegalStateException("Cannot fail for damaged bytes", e);
    }
  }

  private static SampleException drain(Iterator<RawSample> samples) throws IOException {
    SampleException last = null;
    while (samples.hasNext()) {
      RawSample sample = samples.next();
      try {
        RawSample.Fetched fetched = sample.fetch();
        if (fetched.members().isPresent()) {
          SampleException inner = drain(fetched.members().get());
          last = inner == null ? last : inner;
        } else {
          assertThat(fetched.input().content().readAll(LIMITS.bytes())).isNotNull();
        }
        fetched.release().run();
      } catch (SampleException e) {
        last = e;
      }
    }
    return last;
  }

  private static byte[] tar(String name, String[] namesAndTexts, byte[] inner) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        put(tar, namesAndTexts[i], namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
      }
      if (!name.isEmpty()) {
        put(tar, name, inner);
      }
    }
    return bytes.toByteArray();
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setModTime(0);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] zip(String name, String[] namesAndTexts, byte[] inner) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        put(zip, namesAndTexts[i], namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
      }
      if (!name.isEmpty()) {
        put(zip, name, inner);
      }
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
