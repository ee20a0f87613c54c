package org.tessera.udf.audio.decode;

/** The decoders that may run. */
final class Codecs {
  /** FFmpeg's names; its own decoders, no external libraries. */
  static final String WHITELIST =
      String.join(
          ",",
          "pcm_u8,pcm_s8,pcm_s8_planar,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be",
          "pcm_s64le,pcm_s64be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw",
          "adpcm_ima_wav,adpcm_ms,adpcm_ima_qt,flac,alac,wavpack",
          "mp3float,mp3,mp2float,mp2,mp1float,mp1,aac,vorbis,opus");

  private Codecs() {}
}
