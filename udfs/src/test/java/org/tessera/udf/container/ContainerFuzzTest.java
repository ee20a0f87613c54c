package org.tessera.udf.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tessera.udf.container.Archives.gzip;
import static org.tessera.udf.container.Archives.tar;
import static org.tessera.udf.container.Archives.zip;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
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
  private static final Object[] FILES = {
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
    byte[] tar = tar(FILES);
    List<byte[]> seeds =
        List.of(
            tar,
            gzip(tar),
            zip(FILES),
            tar("d.jpg", "JPEG", "in.zip", zip(FILES)),
            zip("d.jpg", "JPEG", "in.tar.gz", gzip(tar)),
            tar(with("x".repeat(150) + "/deep.jpg", "long name")));
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

  /** The usual files and one more. */
  private static Object[] with(String name, Object content) {
    Object[] all = Arrays.copyOf(FILES, FILES.length + 2);
    all[FILES.length] = name;
    all[FILES.length + 1] = content;
    return all;
  }
}
