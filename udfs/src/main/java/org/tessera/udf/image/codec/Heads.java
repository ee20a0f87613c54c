package org.tessera.udf.image.codec;

/** First bytes, for messages. */
final class Heads {
  private static final int SHOWN = 8;

  private Heads() {}

  /** The first bytes as hex and, where they are printable, as text. */
  static String describe(byte[] content) {
    StringBuilder hex = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(SHOWN, content.length); i++) {
      hex.append(i == 0 ? "" : " ").append(String.format("%02X", content[i]));
      text.append((char) (content[i] & 0xff));
    }
    boolean printable = text.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    return printable ? hex + " (\"" + text + "\")" : hex.toString();
  }
}
