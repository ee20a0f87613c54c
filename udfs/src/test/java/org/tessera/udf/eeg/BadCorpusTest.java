package org.tessera.udf.eeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.testing.SharedData;

/** Every bad recording of the shared corpus is rejected with a code and, where known, its byte. */
@Tag("corpus")
class BadCorpusTest {
  private static final Map<String, String> EXPECTED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("bdf_bad_magic.bdf", "UNKNOWN_FORMAT 0"),
              Map.entry("bdf_cut_odd_bytes.bdf", "TRUNCATED 4282"),
              Map.entry("bv_missing_data_file.vhdr", "MISSING 130"),
              Map.entry("bv_path_traversal.vhdr", "MALFORMED 130"),
              Map.entry("bv_wrong_channel_count.vhdr", "MALFORMED 371"),
              Map.entry("edf_cut_in_signal_headers.edf", "TRUNCATED 356"),
              Map.entry("edf_cut_mid_record.edf", "TRUNCATED 7657"),
              Map.entry("edf_digital_min_equals_max.edf", "MALFORMED 3256"),
              Map.entry("edf_header_only_100bytes.edf", "TRUNCATED 100"),
              Map.entry("edf_negative_samples_per_record.edf", "MALFORMED 5656"),
              Map.entry("edf_nrecords_99999999.edf", "TRUNCATED 68056"),
              Map.entry("edf_nrecords_minus1.edf", "1 segments"),
              Map.entry("edf_nsignals_9999.edf", "TRUNCATED 252"),
              Map.entry("edf_nsignals_not_a_number.edf", "MALFORMED 252"),
              Map.entry("empty.edf", "EMPTY 0"),
              Map.entry("fif_truncated.fif", "TRUNCATED 30000"),
              Map.entry("set_truncated.set", "TRUNCATED 20000")));

  @Test
  void eachIsRejectedWhereItIsBad() throws Exception {
    Map<String, String> actual = new TreeMap<>();
    List<Path> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(SharedData.path("corpus/bad/eeg"))) {
      walk.filter(Files::isRegularFile).forEach(files::add);
    }
    for (Path file : files) {
      String result;
      try {
        result = EegRuns.segments(file, List.of(), Limits.DEFAULT).size() + " segments";
      } catch (SampleException e) {
        result = e.code() + " " + e.offset();
        assertThat(e).hasMessageStartingWith("Cannot ");
      }
      actual.put(file.getFileName().toString(), result);
    }
    assertThat(actual).isEqualTo(EXPECTED);
  }
}
