package org.tessera.udf.eeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.fuzz.Fuzzer;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Damaged recordings of every format are read or rejected. */
class EegFuzzTest {
  private static final Path FOLDER = Path.of("src/test/resources/eeg");
  private static final long SLOWEST_MILLIS = 20_000;

  private static final Limits LIMITS = new Limits(64 << 20, 1, 1 << 22, 86_400, 256, 1, 4, 10_000);

  private static final List<Step> STEPS =
      List.of(
          EegRuns.step(
              "channels",
              "kinds",
              List.of("eeg", "eog", "misc", "stim", "mag", "grad", "temperature")),
          EegRuns.step("windows", "seconds", 0.25, "tail", "pad"),
          EegRuns.step("sensors", "unknown", "zero", "types", false),
          EegRuns.step("zscore"),
          EegRuns.step("patches", "hop", 8));

  private static final List<Step> FILTERED =
      List.of(
          EegRuns.step("notch", "hz", 10, "above_nyquist", "skip"),
          EegRuns.step("filter", "low_hz", 1),
          EegRuns.step("resample", "rate_hz", 50),
          EegRuns.step("windows", "seconds", 0.5));

  private static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void fuzz(String name, String... seeds) throws IOException {
    List<byte[]> contents = new ArrayList<>();
    for (String seed : seeds) {
      contents.add(bytes(seed));
    }
    fuzz(name, contents, content -> read(SampleInput.of(seeds[0], content)));
  }

  private static void fuzz(String name, List<byte[]> seeds, Fuzzer.Reader reader)
      throws IOException {
    Fuzzer.Result result = new Fuzzer("eeg-" + name, seeds, reader, SLOWEST_MILLIS).run();
    assertThat(result.failures()).isEmpty();
    assertThat(result.read()).as("mutants that are still good").isPositive();
    assertThat(result.rejected()).isNotEmpty();
  }

  private static void read(SampleInput input) throws SampleException {
    read(input, STEPS);
  }

  private static void read(SampleInput input, List<Step> steps) throws SampleException {
    try (Segments segments = EegFrontEnd.of(steps, LIMITS).open(input)) {
      while (segments.next() != null) {
        // every segment is made
      }
    }
  }

  private static SampleInput triple(byte[] header, byte[] data, byte[] markers) {
    return new SampleInput(
        "int16.vhdr",
        new HeapSource(header),
        name ->
            switch (name) {
              case "int16.eeg" -> Optional.of(new HeapSource(data));
              case "int16.vmrk" -> Optional.of(new HeapSource(markers));
              default -> Optional.empty();
            });
  }

  @Test
  void edf() throws Exception {
    fuzz("edf", "uneven.edf", "plus_c.edf", "plus_d.edf", "plus.bdf");
  }

  @Test
  void edfThroughFilters() throws Exception {
    fuzz(
        "edf-filters",
        List.of(bytes("uneven.edf"), bytes("plus_d.edf")),
        content -> read(SampleInput.of("x.edf", content), FILTERED));
  }

  @Test
  void fif() throws Exception {
    fuzz("fif", "skip_raw.fif", "short_raw.fif");
  }

  @Test
  void mat() throws Exception {
    fuzz("mat", "inside.set", "fields.set");
  }

  @Test
  void hdf5() throws Exception {
    fuzz("hdf5", "v73.set");
  }

  @Test
  void brainVisionHeader() throws Exception {
    byte[] data = bytes("int16.eeg");
    byte[] markers = bytes("int16.vmrk");
    fuzz("vhdr", List.of(bytes("int16.vhdr")), content -> read(triple(content, data, markers)));
  }

  @Test
  void brainVisionCompanions() throws Exception {
    byte[] header = bytes("int16.vhdr");
    byte[] data = bytes("int16.eeg");
    byte[] markers = bytes("int16.vmrk");
    fuzz("vmrk", List.of(markers), content -> read(triple(header, data, content)));
    fuzz("bveeg", List.of(data), content -> read(triple(header, content, markers)));
  }

  @Test
  void eeglabSignal() throws Exception {
    byte[] header = bytes("beside.set");
    fuzz(
        "fdt",
        List.of(bytes("beside.fdt")),
        content ->
            read(
                new SampleInput(
                    "beside.set",
                    new HeapSource(header),
                    name -> Optional.of(new HeapSource(content)))));
  }
}
