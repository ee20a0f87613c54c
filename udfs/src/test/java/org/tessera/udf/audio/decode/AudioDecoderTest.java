package org.tessera.udf.audio.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

class AudioDecoderTest {
  private static List<String[]> tones() throws IOException {
    return new String(resource("facts.tsv"), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split("\t"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("tones")
  void decodesEveryFormatAsFfmpegAndLibsndfileDo(
      String name, int rate, int channels, int frames, String ffmpeg, String libsndfile)
      throws Exception {
    Decoded decoded = Decoded.bytes(name, resource(name));

    assertThat(decoded.rate()).isEqualTo(rate);
    assertThat(decoded.samples().length).isEqualTo(channels);
    // FFmpeg 7 keeps the padding behind the last AAC frame of an MP4; the recipe's version cuts it.
    assertThat(decoded.frames()).isEqualTo(name.equals("lc.m4a") ? 2048 : frames);
    InputStream floats = getClass().getResourceAsStream("tone/" + name + ".f32");
    if (floats == null) {
      assertThat(decoded.digest()).isEqualTo(ffmpeg).isIn(libsndfile, ffmpeg);
      return;
    }
    try (floats) {
      ByteBuffer expected = ByteBuffer.wrap(floats.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < frames; i++) {
        for (int channel = 0; channel < channels; channel++) {
          assertThat(Math.abs(decoded.samples()[channel][i] - expected.getFloat()))
              .as("%s frame %d channel %d", name, i, channel)
              .isLessThan(2e-6f);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tones")
  void everyCutOffFileIsRejectedOrWhole(
      String name, int rate, int channels, int frames, String ffmpeg, String libsndfile)
      throws Exception {
    byte[] whole = resource(name);
    int step = Math.max(1, whole.length / 150);
    for (int length = whole.length - step; length > 0; length -= step) {
      byte[] cut = Arrays.copyOf(whole, length);
      Throwable thrown = catchThrowable(() -> Decoded.bytes(name, cut));
      if (thrown == null) {
        // Between two frames of a stream without any count the end cannot be told from a cut.
        assertThat(name).isIn("layer2.mp2", "lc.aac", "opus.webm");
      } else {
        assertThat(thrown).as("%s cut to %d", name, length).isInstanceOf(SampleException.class);
      }
    }
  }

  @Test
  void readsAStreamedWavToItsEnd() throws Exception {
    byte[] wav = resource("s16.wav");
    Decoded expected = Decoded.bytes("a.wav", wav);
    for (int size : new int[] {-1, 0, 0x7ffff000, 0x80000000}) {
      byte[] streamed = wav.clone();
      ByteBuffer.wrap(streamed).order(ByteOrder.LITTLE_ENDIAN).putInt(40, size);
      assertThat(Decoded.bytes("a.wav", streamed).samples()).isDeepEqualTo(expected.samples());
    }
  }

  @Test
  void ignoresWhatStandsBehindTheLastWholeFrame() throws Exception {
    byte[] wav = resource("s24.wav");
    byte[] padded = Arrays.copyOf(wav, wav.length + 6);
    int at = new String(wav, StandardCharsets.ISO_8859_1).indexOf("data") + 4;
    int size = ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN).putInt(at, size + 5);
    assertThat(Decoded.bytes("a.wav", padded).samples())
        .isDeepEqualTo(Decoded.bytes("a.wav", wav).samples());
  }

  @Test
  void readsUnsignedBytesInAiff() throws Exception {
    int frames = 2001;
    ByteBuffer aiff = ByteBuffer.allocate(12 + 32 + 16 + 3 * frames + 1);
    aiff.put(ascii("FORM")).putInt(aiff.capacity() - 8).put(ascii("AIFC"));
    aiff.put(ascii("COMM")).putInt(24).putShort((short) 3).putInt(frames).putShort((short) 8);
    // 8000 as a float of 80 bits
    aiff.putShort((short) 0x400b).putLong(0xfa00L << 48).put(ascii("raw \0\0"));
    aiff.put(ascii("SSND")).putInt(8 + 3 * frames).putLong(0);
    for (int i = 0; i < 3 * frames; i++) {
      aiff.put((byte) i);
    }
    Decoded decoded = Decoded.bytes("a.aifc", aiff.array());
    assertThat(decoded.rate()).isEqualTo(8000);
    assertThat(decoded.frames()).isEqualTo(frames);
    for (int i = 0; i < 3 * frames; i++) {
      assertThat(decoded.samples()[i % 3][i / 3]).isEqualTo(((i & 0xff) - 128) / 128f);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void refusesBigEndianWav() throws Exception {
    byte[] wav = resource("s24.wav");
    wav[3] = 'X';
    assertRejected(
        wav,
        RejectCode.UNSUPPORTED_FORMAT,
        "Cannot decode wav: it is big-endian (RIFX) (convert the file)");
  }

  @Test
  void readsWhatStandsBetweenTags() throws Exception {
    byte[] first = new byte[10 + 6000];
    System.arraycopy(ascii("ID3\4\0\0\0\0"), 0, first, 0, 8);
    first[8] = (byte) (6000 >> 7);
    first[9] = (byte) (6000 & 0x7f);
    byte[] second = Arrays.copyOf(ascii("ID3\4\0\0\0\0\0\12"), 20);
    byte[] last = Arrays.copyOf(ascii("TAG"), 128);
    ByteBuffer ape = ByteBuffer.allocate(32 + 9 + 32).order(ByteOrder.LITTLE_ENDIAN);
    for (int flags : new int[] {0xa0000000, 0x80000000}) {
      ape.put(ascii("APETAGEX")).putInt(2000).putInt(9 + 32).putInt(1).putInt(flags).putLong(0);
      ape.put(flags == 0x80000000 ? new byte[0] : ascii("\0\0\0\0\0\0\0a\0"));
    }
    for (String name : List.of("layer3.mp3", "lc.aac", "s16.flac")) {
      assertSame(name, first, second, resource(name), ape.array(), last);
      assertSame(name, second, second, resource(name), last);
    }
    for (String name : List.of("vorbis.ogg", "opus.opus", "s16.oga", "alac.m4a")) {
      assertSame(name, resource(name), ape.array(), last);
      assertSame(name, resource(name), new byte[100]);
    }
  }

  @Test
  @Timeout(60)
  void aTagThatSaysItHasNoBytesEndsNothing() throws Exception {
    byte[] flac = resource("s16.flac");
    ByteBuffer file = ByteBuffer.allocate(flac.length + 32).order(ByteOrder.LITTLE_ENDIAN);
    file.put(flac).put(ascii("APETAGEX")).putInt(2000).putInt(0);
    assertRejected(file.array(), RejectCode.MALFORMED, null);
  }

  private static void assertSame(String name, byte[]... parts) throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      file.writeBytes(part);
    }
    assertThat(Decoded.bytes(name, file.toByteArray()).samples())
        .as(name)
        .isDeepEqualTo(Decoded.bytes(name, resource(name)).samples());
  }

  @Test
  void rejectsNotFiniteSamples() throws Exception {
    byte[] wav = resource("f32.wav");
    ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN).putFloat(wav.length - 4, Float.NaN);
    assertRejected(
        wav, RejectCode.NOT_FINITE, "Cannot use NaN at frame 1599 of channel 1 (repair the file)");
  }

  @Test
  void rejectsMissingBytesWithThePosition() throws Exception {
    byte[] wav = Arrays.copyOf(resource("s16.wav"), 1000);
    SampleException thrown =
        assertRejected(
            wav,
            RejectCode.TRUNCATED,
            "Cannot decode wav: the file ends at byte 1000 inside the data chunk, which reaches to"
                + " byte 6444 (fetch the whole file again)");
    assertThat(thrown.offset()).isEqualTo(1000);
  }

  @Test
  void rejectsAWrongChecksum() throws Exception {
    byte[] flac = resource("s16.flac");
    flac[flac.length - 100] ^= 1;
    SampleException thrown = assertRejected(flac, RejectCode.MALFORMED, null);
    assertThat(thrown)
        .hasMessageStartingWith("Cannot decode flac: the audio does not decode at byte");
    byte[] ogg = resource("vorbis.ogg");
    ogg[ogg.length - 50] ^= 1;
    assertThat(assertRejected(ogg, RejectCode.MALFORMED, null))
        .hasMessageStartingWith("Cannot decode ogg: the checksum is wrong of the page at byte");
  }

  @Test
  void rejectsWhatIsNoAudio() {
    assertRejected(new byte[0], RejectCode.EMPTY, "Cannot decode audio: the file has no bytes");
    byte[] text =
        "RIFFLE and other words, long enough to be looked at".getBytes(StandardCharsets.UTF_8);
    assertThat(assertRejected(text, RejectCode.UNKNOWN_FORMAT, null))
        .hasMessageContaining("the content is of no known format");
  }

  @Test
  void keepsTheLimits() throws Exception {
    byte[] wav = resource("s16.wav");
    Limits few = new Limits(wav.length - 1, 1, 1, 10, 8, 1, 1, 1000);
    assertThatThrownBy(() -> new AudioDecoder(few).open(SampleInput.of("a", wav)))
        .hasMessage("Cannot hold 6444 bytes: the limit is 6443 (raise limits.bytes)");
    Limits mono = new Limits(1 << 20, 1, 1, 10, 1, 1, 1, 1000);
    assertThatThrownBy(() -> new AudioDecoder(mono).open(SampleInput.of("a", wav)))
        .hasMessage("Cannot decode 2 channels: the limit is 1 (raise limits.channels)");
    Limits brief = new Limits(1 << 20, 1, 1, 0.1, 2, 1, 1, 1000);
    assertThatThrownBy(
            () -> {
              try (Signal signal = new AudioDecoder(brief).open(SampleInput.of("a", wav))) {
                while (signal.read(new float[2][500], 0, 500) > 0) {}
              }
            })
        .hasMessage("Cannot decode more than 0.1 s of audio (raise limits.seconds)");
  }

  @Test
  void passesOnWhatTheSourceThrows() throws Exception {
    byte[] wav = resource("s32.wav");
    ByteSource failing =
        new ByteSource() {
          @Override
          public long size() {
            return wav.length;
          }

          @Override
          public int read(long position, byte[] target, int offset, int length)
              throws SampleException {
            if (position + length > 6000) {
              throw SampleException.passing(Phase.FETCH, RejectCode.UNREADABLE, "the disk is gone");
            }
            System.arraycopy(wav, (int) position, target, offset, length);
            return length;
          }

          @Override
          public byte[] readAll(long limit) {
            throw new AssertionError("the decoder must not hold the file");
          }
        };
    assertThatThrownBy(
            () ->
                new AudioDecoder(Limits.DEFAULT)
                    .open(new SampleInput("a", failing, SampleInput.Companions.NONE)))
        .hasMessage("the disk is gone");
  }

  private static SampleException assertRejected(byte[] content, RejectCode code, String message) {
    Throwable thrown = catchThrowable(() -> Decoded.bytes("a", content));
    assertThat(thrown).isInstanceOf(SampleException.class);
    SampleException rejected = (SampleException) thrown;
    assertThat(rejected.phase()).isEqualTo(Phase.DECODE);
    assertThat(rejected.code()).isEqualTo(code);
    if (message != null) {
      assertThat(rejected).hasMessage(message);
    }
    return rejected;
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = AudioDecoderTest.class.getResourceAsStream("tone/" + name)) {
      return in.readAllBytes();
    }
  }
}
