package org.tessera.udf.eeg.read;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * The samples of a BrainVision file in text: a line for each sample of all channels, numbers
 * separated by blanks, or by commas where the line has no blank. The header says how many lines and
 * columns come before them, and whether the decimals stand behind a comma.
 */
final class BrainVisionText {
  private static final String SECTION = "ASCII Infos";

  private final int channels;
  private final int columns;
  private final boolean comma;
  private final ByteBuffer frame;

  private BrainVisionText(IniText header, int channels) throws SampleException {
    this.channels = channels;
    this.columns = whole(header, "SkipColumns");
    this.comma = header.get(SECTION, "DecimalSymbol").orElse(".").equals(",");
    this.frame = ByteBuffer.allocate(channels * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The samples as little-endian doubles, multiplexed. */
  static ByteSource doubles(ByteSource text, IniText header, int channels, Limits limits)
      throws SampleException {
    BrainVisionText reader = new BrainVisionText(header, channels);
    byte[] bytes = text.readAll(limits.bytes());
    ByteArrayOutputStream samples = new ByteArrayOutputStream();
    int skip = whole(header, "SkipLines");
    for (int start = 0, line = 0; start < bytes.length; line++) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      if (line >= skip) {
        String words = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1).strip();
        if (samples.size() > Integer.MAX_VALUE - 8 - reader.frame.capacity()) {
          throw Faults.tooLarge("Cannot hold more samples of a text than 2 GB take", start);
        }
        if (!words.isEmpty()) {
          samples.writeBytes(reader.frame(words, line + 1, start));
        }
      }
      start = end + 1;
    }
    return new HeapSource(samples.toByteArray());
  }

  private byte[] frame(String line, int number, long offset) throws SampleException {
    String[] words = line.split(line.matches(".*[ \t].*") ? "[ \t]+" : ",", -1);
    if (words.length != columns + channels) {
      throw Faults.malformed(
          "Cannot read BrainVision: line "
              + number
              + " of the data has "
              + words.length
              + " values for "
              + channels
              + " channels",
          offset);
    }
    frame.clear();
    for (int i = columns; i < words.length; i++) {
      try {
        frame.putDouble(Double.parseDouble(comma ? words[i].replace(',', '.') : words[i]));
      } catch (NumberFormatException e) {
        throw Faults.malformed(
            "Cannot read BrainVision: line "
                + number
                + " of the data has '"
                + words[i]
                + "' for a number",
            offset);
      }
    }
    return frame.array();
  }

  private static int whole(IniText header, String key) throws SampleException {
    String value = header.get(SECTION, key).orElse("0");
    if (!value.matches("\\d{1,6}")) {
      throw Faults.malformed(
          "Cannot read BrainVision: " + key + " is '" + value + "'", header.offset(key));
    }
    return Integer.parseInt(value);
  }
}
