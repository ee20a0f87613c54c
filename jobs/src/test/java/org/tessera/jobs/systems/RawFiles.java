package org.tessera.jobs.systems;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;

/** Raw files of every modality, written from scratch. */
final class RawFiles {
  /** What the 10-20 system's bipolar montage needs. */
  private static final List<String> ELECTRODES =
      List.of(
          "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T3", "C3", "Cz", "C4", "T4", "T5", "P3",
          "Pz", "P4", "T6", "O1", "O2");

  private RawFiles() {}

  /** A colour gradient with noise. */
  static byte[] png(int width, int height) throws IOException {
    Random random = new Random(1);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = 255 * x / width;
        int green = 255 * y / height;
        image.setRGB(x, y, red << 16 | green << 8 | random.nextInt(256));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  /** Two channels of noise and tones in 16 bits. */
  static byte[] wav(int rate, double seconds) {
    int frames = (int) Math.round(rate * seconds);
    ByteBuffer wav = ByteBuffer.allocate(44 + frames * 4).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(US_ASCII)).putInt(36 + frames * 4).put("WAVEfmt ".getBytes(US_ASCII));
    wav.putInt(16).putShort((short) 1).putShort((short) 2).putInt(rate).putInt(rate * 4);
    wav.putShort((short) 4).putShort((short) 16).put("data".getBytes(US_ASCII));
    wav.putInt(frames * 4);
    Random random = new Random(2);
    for (int i = 0; i < frames; i++) {
      double tone = 8000 * Math.sin(2 * Math.PI * 440 * i / rate);
      wav.putShort((short) (tone + 2000 * random.nextGaussian()));
      wav.putShort((short) (tone / 2 + 2000 * random.nextGaussian()));
    }
    return wav.array();
  }

  /** Nineteen electrodes in microvolts, EDF with records of one second. */
  static byte[] edf(int rate, int seconds) {
    int signals = ELECTRODES.size();
    StringBuilder header = new StringBuilder();
    header.append(pad("0", 8)).append(pad("X X X X", 80)).append(pad("Startdate X X X X", 80));
    header.append("01.01.2400.00.00").append(pad(String.valueOf(256 * (signals + 1)), 8));
    header.append(pad("", 44)).append(pad(String.valueOf(seconds), 8)).append(pad("1", 8));
    header.append(pad(String.valueOf(signals), 4));
    ELECTRODES.forEach(name -> header.append(pad("EEG " + name, 16)));
    column(header, signals, "AgAgCl electrode", 80);
    column(header, signals, "uV", 8);
    column(header, signals, "-3276.8", 8);
    column(header, signals, "3276.7", 8);
    column(header, signals, "-32768", 8);
    column(header, signals, "32767", 8);
    column(header, signals, "", 80);
    column(header, signals, String.valueOf(rate), 8);
    column(header, signals, "", 32);
    ByteBuffer edf =
        ByteBuffer.allocate(header.length() + signals * rate * seconds * 2)
            .order(ByteOrder.LITTLE_ENDIAN);
    edf.put(header.toString().getBytes(US_ASCII));
    Random random = new Random(3);
    for (int i = 0; i < signals * rate * seconds; i++) {
      double alpha = 300 * Math.sin(2 * Math.PI * 10 * (i % rate) / rate);
      edf.putShort((short) (alpha + 100 * random.nextGaussian()));
    }
    return edf.array();
  }

  private static void column(StringBuilder header, int signals, String text, int width) {
    for (int i = 0; i < signals; i++) {
      header.append(pad(text, width));
    }
  }

  private static String pad(String text, int width) {
    return String.format(Locale.ROOT, "%-" + width + "s", text);
  }

  /** Points of a bumpy sphere. */
  static byte[] ply(int points) {
    Random random = new Random(4);
    StringBuilder ply = new StringBuilder("ply\nformat ascii 1.0\nelement vertex " + points + "\n");
    ply.append("property float x\nproperty float y\nproperty float z\nend_header\n");
    for (int i = 0; i < points; i++) {
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      double z = random.nextGaussian();
      double norm = Math.sqrt(x * x + y * y + z * z) / (1 + 0.1 * random.nextDouble());
      ply.append(String.format(Locale.ROOT, "%f %f %f%n", x / norm, y / norm, z / norm));
    }
    return ply.toString().getBytes(US_ASCII);
  }
}
