package org.tessera.udf.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.fuzz.Fuzzer;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleInput;

/** Every damaged sound is decoded or rejected. */
class AudioFuzzTest {
  private static final Limits LIMITS = new Limits(10_000_000, 1, 1 << 22, 600, 64, 1, 4, 10_000);
  private static final FrontEnd FRONT_END = AudioFrontEnd.of(List.of(), LIMITS);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "u8.wav s24.wav s64.wav f32.wav mulaw.wav adpcm_ms.wav rf64.wav s16.w64 s24.caf s16.aiff sowt.aifc"
            + " s16.au",
        "s16.flac s24.flac s16.oga s16.wv alac.m4a alac.caf",
        "layer3.mp3 layer2.mp2 lc.m4a lc.aac vorbis.ogg opus.opus opus.webm"
      })
  void everyMutantIsDecodedOrRejected(String files) throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (String file : files.split(" ")) {
      try (InputStream in = getClass().getResourceAsStream("decode/tone/" + file)) {
        seeds.add(in.readAllBytes());
      }
    }
    String name = "audio-" + files.substring(files.lastIndexOf('.') + 1);
    Fuzzer.Result result =
        new Fuzzer(
                name,
                seeds,
                content -> {
                  try (Segments all = FRONT_END.open(SampleInput.of("fuzz", content))) {
                    for (Segment segment = all.next(); segment != null; segment = all.next()) {
                      assertThat(segment.signal().toFloats()).isNotEmpty();
                    }
                  }
                },
                10_000)
            .run();
    assertThat(result.failures()).isEmpty();
    // A run in which nothing was read, or nothing rejected, would have tested nothing.
    assertThat(result.read()).isPositive();
    assertThat(result.rejected()).containsKeys(RejectCode.TRUNCATED, RejectCode.MALFORMED);
  }
}
