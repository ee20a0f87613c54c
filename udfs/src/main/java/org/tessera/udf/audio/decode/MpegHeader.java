package org.tessera.udf.audio.decode;

/**
 * The header of one MPEG audio frame (ISO 11172-3, 13818-3).
 *
 * @param version 10 for MPEG-1, 20 for MPEG-2, 25 for MPEG-2.5
 * @param layer 1, 2 or 3
 * @param rate Hz
 * @param channels 1 or 2
 * @param length bytes of the frame; 0 for the free bit rate
 * @param samples frames of sound in it
 */
record MpegHeader(int version, int layer, int rate, int channels, int length, int samples) {
  private static final int[] RATES = {44_100, 48_000, 32_000};
  private static final int[][] KBITS = {
    {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
  };

  /** The header in these 32 bits, or null when they are none. */
  static MpegHeader of(int bits) {
    int versionBits = bits >>> 19 & 3;
    int layerBits = bits >>> 17 & 3;
    int kbitIndex = bits >>> 12 & 15;
    int rateIndex = bits >>> 10 & 3;
    if (bits >>> 21 != 0x7ff
        || versionBits == 1
        || layerBits == 0
        || kbitIndex == 15
        || rateIndex == 3) {
      return null;
    }
    int version = versionBits == 3 ? 10 : versionBits == 2 ? 20 : 25;
    int layer = 4 - layerBits;
    int rate = RATES[rateIndex] / (version == 10 ? 1 : version == 20 ? 2 : 4);
    int bitRate = KBITS[table(version, layer)][kbitIndex] * 1000;
    int padding = bits >>> 9 & 1;
    int samples = layer == 1 ? 384 : layer == 3 && version != 10 ? 576 : 1152;
    int length =
        layer == 1 ? (12 * bitRate / rate + padding) * 4 : samples / 8 * bitRate / rate + padding;
    int channels = (bits >>> 6 & 3) == 3 ? 1 : 2;
    return new MpegHeader(version, layer, rate, channels, kbitIndex == 0 ? 0 : length, samples);
  }

  /** Bytes of the side information of a layer III frame, before which a Xing tag cannot stand. */
  int sideBytes() {
    return version == 10 ? (channels == 1 ? 17 : 32) : channels == 1 ? 9 : 17;
  }

  private static int table(int version, int layer) {
    return version == 10 ? layer - 1 : layer == 1 ? 3 : 4;
  }
}
