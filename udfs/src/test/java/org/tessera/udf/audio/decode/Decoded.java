package org.tessera.udf.audio.decode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.sample.Sha256;

/** A whole decoded file, planar. */
record Decoded(int rate, float[][] samples) {
  static Decoded file(Path path) throws IOException, SampleException {
    return bytes(path.getFileName().toString(), Files.readAllBytes(path));
  }

  static Decoded bytes(String name, byte[] content) throws SampleException {
    try (Signal signal = new AudioDecoder(Limits.DEFAULT).open(SampleInput.of(name, content))) {
      float[][] samples = new float[signal.channels()][4096];
      int length = 0;
      while (true) {
        int count = signal.read(samples, length, samples[0].length - length);
        if (count < 0) {
          break;
        }
        length += count;
        if (length == samples[0].length) {
          for (int c = 0; c < samples.length; c++) {
            samples[c] = Arrays.copyOf(samples[c], 2 * length);
          }
        }
      }
      for (int c = 0; c < samples.length; c++) {
        samples[c] = Arrays.copyOf(samples[c], length);
      }
      return new Decoded(signal.rate(), samples);
    }
  }

  int frames() {
    return samples[0].length;
  }

  /** SHA-256, first 32 digits, of the interleaved little-endian floats. */
  String digest() {
    ByteBuffer bytes =
        ByteBuffer.allocate(4 * frames() * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < frames(); i++) {
      for (float[] channel : samples) {
        bytes.putFloat(channel[i]);
      }
    }
    return Sha256.hex(bytes.array()).substring(0, 32);
  }

  double rms(int channel) {
    double sum = 0;
    for (float value : samples[channel]) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / frames());
  }

  double peak() {
    double peak = 0;
    for (float[] channel : samples) {
      for (float value : channel) {
        peak = Math.max(peak, Math.abs(value));
      }
    }
    return peak;
  }
}
