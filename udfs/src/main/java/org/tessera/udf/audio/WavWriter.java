package org.tessera.udf.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** WAV files of 16-bit PCM. */
final class WavWriter {
  private static final int HEADER = 44;

  private WavWriter() {}

  /**
   * A file of these channels: round(x × 32768), halves to even, clipped.
   *
   * @param channels samples of equal lengths in [-1, 1)
   * @param rate Hz
   */
  static byte[] write(float[][] channels, int rate) {
    int frames = channels[0].length;
    int frameBytes = 2 * channels.length;
    int data = Math.multiplyExact(frames, frameBytes);
    ByteBuffer file =
        ByteBuffer.allocate(Math.addExact(HEADER, data)).order(ByteOrder.LITTLE_ENDIAN);
    file.put(ascii("RIFF")).putInt(HEADER - 8 + data).put(ascii("WAVEfmt ")).putInt(16);
    file.putShort((short) 1).putShort((short) channels.length).putInt(rate);
    file.putInt(Math.multiplyExact(rate, frameBytes)).putShort((short) frameBytes);
    file.putShort((short) 16).put(ascii("data")).putInt(data);
    for (int i = 0; i < frames; i++) {
      for (float[] channel : channels) {
        file.putShort(sample(channel[i]));
      }
    }
    return file.array();
  }

  /** The nearest 16-bit sample. */
  static short sample(float value) {
    return (short) Math.max(-32768, Math.min(32767, Math.rint(value * 32768.0)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
