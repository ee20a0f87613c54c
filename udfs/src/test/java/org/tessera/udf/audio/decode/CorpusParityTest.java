package org.tessera.udf.audio.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.testing.ParityTable;
import org.tessera.udf.testing.SharedData;

/** Every audio file of the shared corpus against what other programs say of it. */
@Tag("corpus")
class CorpusParityTest {
  private static final String HEADERLESS = "audio/pocketsphinx/goforward.raw";

  /** The stated fate of every bad file: code and byte offset. */
  private static final Map<String, String> BAD =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("derived/m4a_no_moov.m4a", "TRUNCATED 4000"),
              Map.entry("derived/mp3_400_random_bytes.mp3", "MALFORMED 3780"),
              Map.entry("derived/mp3_cut_mid_frame.mp3", "TRUNCATED 4001"),
              Map.entry("derived/ogg_vorbis_cut_in_setup_header.ogg", "TRUNCATED 1000"),
              Map.entry("derived/opus_cut.opus", "TRUNCATED 3000"),
              Map.entry("derived/text_named.wav", "UNKNOWN_FORMAT 0"),
              Map.entry("derived/wav_cut_in_header.wav", "TRUNCATED 30"),
              Map.entry("derived/wav_data_shorter_than_declared.wav", "TRUNCATED 5000"),
              Map.entry("derived/wav_data_size_ffffffff.wav", "decoded 1500"),
              Map.entry("derived/wav_zero_channels.wav", "MALFORMED 22"),
              Map.entry("derived/wav_zero_samplerate.wav", "MALFORMED 24"),
              Map.entry("flac-testbench/01_-_wrong_max_blocksize.flac", "MALFORMED 8304"),
              Map.entry("flac-testbench/03_-_wrong_bit_depth.flac", "MALFORMED 108"),
              Map.entry("flac-testbench/05_-_wrong_total_number_of_samples.flac", "MALFORMED -1"),
              Map.entry(
                  "flac-testbench/07_-_other_metadata_blocks_preceding_streaminfo_metadata_block"
                      + ".flac",
                  "MALFORMED 4"),
              Map.entry(
                  "flac-testbench/11_-_incorrect_metadata_block_length.flac", "MALFORMED 174"),
              Map.entry("lyra/invalid.wav", "UNKNOWN_FORMAT 0"),
              Map.entry("picovoice/alexa_126.flac", "decoded 31040"),
              Map.entry("picovoice/alexa_127.flac", "decoded 34240"),
              Map.entry("picovoice/alexa_128.flac", "decoded 35520"),
              Map.entry("picovoice/alexa_229.flac", "decoded 29760"),
              Map.entry("picovoice/alexa_273.flac", "decoded 53440"),
              Map.entry("picovoice/alexa_274.flac", "decoded 45120")));

  @Test
  void everyFileHasTheFactsOfTheManifest() throws Exception {
    int files = 0;
    for (Manifest.Entry entry : Manifest.entries("audio/")) {
      if (!entry.path().equals(HEADERLESS)) {
        assertFacts(entry);
        files++;
      }
    }
    assertThat(files).isGreaterThan(250);
  }

  private static void assertFacts(Manifest.Entry entry) throws Exception {
    JsonNode facts = entry.facts();
    Decoded decoded = Decoded.file(SharedData.path("corpus/" + entry.path()));
    assertThat(decoded.rate()).as(entry.path()).isEqualTo(facts.get("sample_rate").intValue());
    assertThat(decoded.samples().length)
        .as(entry.path())
        .isEqualTo(facts.get("channels").intValue());
    assertThat(decoded.frames()).as(entry.path()).isEqualTo(facts.get("n_frames").intValue());
    for (int channel = 0; channel < facts.get("rms").size(); channel++) {
      double rms = facts.get("rms").get(channel).doubleValue();
      assertThat(decoded.rms(channel)).as(entry.path()).isCloseTo(rms, within(2e-6 * rms));
    }
    assertThat(decoded.peak())
        .as(entry.path())
        .isCloseTo(facts.get("peak").doubleValue(), within(1e-6));
    for (JsonNode sample : facts.path("samples_int")) {
      for (int channel = 0; channel < decoded.samples().length; channel++) {
        double unit = Math.pow(2, facts.get("bits").intValue() - 1);
        assertThat(decoded.samples()[channel][sample.get("i").intValue()])
            .as("%s frame %s channel %d", entry, sample.get("i"), channel)
            .isEqualTo((float) (sample.get("v").get(channel).longValue() / unit));
      }
    }
  }

  @Test
  void losslessSamplesEqualFfmpegsAndLibsndfilesExactly() throws Exception {
    List<String> rows;
    try (InputStream in = getClass().getResourceAsStream("corpus_f32.tsv")) {
      rows = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    Map<String, JsonNode> facts = new TreeMap<>();
    for (Manifest.Entry entry : Manifest.entries("audio/")) {
      facts.put(entry.path(), entry.facts());
    }
    ParityTable table =
        new ParityTable("audio", "samples of", "files", "equal to ffmpeg", "equal to libsndfile");
    for (String row : rows) {
      String[] columns = row.split("\t");
      Decoded decoded = Decoded.file(SharedData.path("corpus/" + columns[0]));
      assertThat(decoded.frames()).as(columns[0]).isEqualTo(Integer.parseInt(columns[1]));
      assertThat(decoded.digest()).as(columns[0]).isEqualTo(columns[2]);
      boolean both = !columns[3].equals("-");
      if (both) {
        assertThat(decoded.digest()).as(columns[0]).isEqualTo(columns[3]);
      }
      JsonNode kind = facts.get(columns[0]);
      table.add(
          kind.get("container").textValue() + ", " + kind.get("codec").textValue(),
          1,
          1,
          both ? 1 : 0);
    }
    assertThat(rows).hasSizeGreaterThan(250);
    table.check();
  }

  @Test
  void everyBadFileMeetsItsStatedFate() throws Exception {
    Map<String, String> fates = new TreeMap<>();
    for (Manifest.Entry entry : Manifest.entries("bad/audio/")) {
      String name = entry.path().substring("bad/audio/".length());
      Throwable thrown =
          catchThrowable(
              () -> {
                Decoded decoded = Decoded.file(SharedData.path("corpus/" + entry.path()));
                fates.put(name, "decoded " + decoded.frames());
              });
      if (thrown != null) {
        assertThat(thrown).as(name).isInstanceOf(SampleException.class);
        SampleException rejected = (SampleException) thrown;
        fates.put(name, rejected.code() + " " + rejected.offset());
      }
    }
    assertThat(fates).isEqualTo(BAD);
  }

  /**
   * libFLAC calls these files corrupt; the digest of the samples that their authors wrote into them
   * says that FFmpeg's decoder gets every sample right.
   */
  @Test
  void flacFilesThatReadersDisagreeOnHaveTheirOwnDigest() throws Exception {
    for (Manifest.Entry entry : Manifest.entries("bad/audio/picovoice")) {
      byte[] content = Files.readAllBytes(SharedData.path("corpus/" + entry.path()));
      float[] samples = Decoded.bytes(entry.path(), content).samples()[0];
      byte[] pcm = new byte[2 * samples.length];
      for (int i = 0; i < samples.length; i++) {
        int value = Math.round(samples[i] * 32768);
        pcm[2 * i] = (byte) value;
        pcm[2 * i + 1] = (byte) (value >> 8);
      }
      assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(pcm)))
          .as(entry.path())
          .isEqualTo(HexFormat.of().formatHex(Arrays.copyOfRange(content, 26, 42)));
    }
  }

  @Test
  void headerlessSamplesAreOfNoKnownFormat() throws IOException {
    Throwable thrown = catchThrowable(() -> Decoded.file(SharedData.path("corpus/" + HEADERLESS)));
    assertThat(thrown).hasMessageContaining("the content is of no known format");
  }
}
