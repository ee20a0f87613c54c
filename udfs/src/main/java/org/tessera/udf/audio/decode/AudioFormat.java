package org.tessera.udf.audio.decode;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The formats that this build reads, told by content. */
public enum AudioFormat {
  /** RIFF, RF64 and BW64 with PCM, float, A-law, mu-law or a usual ADPCM. */
  WAV("wav", WavStructure::check),
  /** Sony Wave64. */
  W64("w64", W64Structure::check),
  /** AIFF and AIFF-C. */
  AIFF("aiff", AiffStructure::check),
  /** Sun/NeXT audio. */
  AU("au", AuStructure::check),
  /** Apple Core Audio. */
  CAF("caf", CafStructure::check),
  /** NIST SPHERE without compression. */
  SPHERE("nistsphere", SphereStructure::check),
  /** Free Lossless Audio Codec in its own container. */
  FLAC("flac", FlacStructure::check),
  /** WavPack. */
  WAVPACK("wv", WavPackStructure::check),
  /** MPEG-1/2/2.5 audio, layers I to III, with or without tags. */
  MP3("mp3", MpegStructure::check),
  /** AAC in ADTS frames. */
  AAC("aac", AdtsStructure::check),
  /** MP4, M4A, MOV and 3GP: the first audio stream. */
  MP4("mov", Mp4Structure::check),
  /** Ogg with Vorbis, Opus or FLAC: the first audio stream. */
  OGG("ogg", OggStructure::check),
  /** Matroska and WebM: the first audio stream. */
  MATROSKA("matroska", MatroskaStructure::check);

  /** How many bytes {@link #of} looks at. */
  public static final int HEAD = 4096;

  private static final Set<String> IMAGE_BRANDS =
      Set.of("avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1");
  private static final int[] W64_GUID = {
    0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0, 0
  };

  private final String demuxer;
  private final Structure structure;

  AudioFormat(String demuxer, Structure structure) {
    this.demuxer = demuxer;
    this.structure = structure;
  }

  /** The format's name in tables, e.g. {@code flac}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  String demuxer() {
    return demuxer;
  }

  Structure structure() {
    return structure;
  }

  /**
   * The format of a file that starts with these bytes; ID3v2 tags before the audio are skipped as
   * far as {@code head} reaches.
   *
   * @param head the first bytes of the file, best {@link #HEAD} of them
   */
  public static Optional<AudioFormat> of(byte[] head) {
    return Optional.ofNullable(find(new Head(head)));
  }

  private static AudioFormat find(Head head) {
    if (head.is(8, "WAVE")
        && (head.is(0, "RIFF") || head.is(0, "RF64") || head.is(0, "RIFX") || head.is(0, "BW64"))) {
      return WAV;
    }
    if (head.is(0, "FORM") && (head.is(8, "AIFF") || head.is(8, "AIFC"))) {
      return AIFF;
    }
    if (head.is(0, "OggS")) {
      return OGG;
    }
    if (head.is(0, ".snd")) {
      return AU;
    }
    if (head.is(0, "caff")) {
      return CAF;
    }
    if (head.is(0, "wvpk")) {
      return WAVPACK;
    }
    if (head.is(0, "NIST_1A\n")) {
      return SPHERE;
    }
    if (head.u32(0) == 0x1a45dfa3) {
      return MATROSKA;
    }
    if (isW64(head)) {
      return W64;
    }
    return isMp4(head) ? MP4 : findTagged(head);
  }

  private static boolean isW64(Head head) {
    for (int i = 0; i < 14; i++) {
      if (head.u8(i) != W64_GUID[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isMp4(Head head) {
    if (head.is(4, "ftyp")) {
      return !IMAGE_BRANDS.contains(head.text(8, 4));
    }
    return head.is(4, "moov") || head.is(4, "mdat") || head.is(4, "wide");
  }

  /** Formats that may follow an ID3v2 tag. */
  private static AudioFormat findTagged(Head head) {
    long start = 0;
    while (head.is((int) start, "ID3")) {
      start = Id3.end(head.bytes(), (int) start);
      if (start >= head.length()) {
        return MP3;
      }
    }
    int at = (int) start;
    if (head.is(at, "fLaC")) {
      return FLAC;
    }
    while (at < head.length() && head.u8(at) == 0) {
      at++;
    }
    if (AdtsStructure.isHeader(head.u32(at), head.u32(at + 4))) {
      return next(head, at + AdtsStructure.length(head.u32(at), head.u32(at + 4)), true)
          ? AAC
          : null;
    }
    MpegHeader header = MpegHeader.of(head.u32(at));
    if (header == null) {
      return start > 0 ? MP3 : null;
    }
    return header.length() == 0 || next(head, at + header.length(), false) ? MP3 : null;
  }

  /** Whether another frame stands where the first one ends, or that lies beyond the head. */
  private static boolean next(Head head, int at, boolean adts) {
    if (at + 8 > head.length()) {
      return true;
    }
    return adts
        ? AdtsStructure.isHeader(head.u32(at), head.u32(at + 4))
        : MpegHeader.of(head.u32(at)) != null || head.is(at, "TAG") || head.is(at, "APETAGEX");
  }

  /** The first bytes of a file; what lies beyond them reads as 0. */
  private record Head(byte[] bytes) {
    int length() {
      return bytes.length;
    }

    int u8(int at) {
      return at < bytes.length ? bytes[at] & 0xff : 0;
    }

    int u32(int at) {
      return u8(at) << 24 | u8(at + 1) << 16 | u8(at + 2) << 8 | u8(at + 3);
    }

    String text(int at, int length) {
      return at + length > bytes.length
          ? ""
          : new String(bytes, at, length, StandardCharsets.ISO_8859_1);
    }

    boolean is(int at, String text) {
      return text(at, text.length()).equals(text);
    }
  }
}
