package org.tessera.udf.points.read;

import ch.randelshofer.fastdoubleparser.JavaDoubleParser;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.tessera.udf.sample.SampleException;

/**
 * Lines of a text file and the words in them, read in place. A line ends at LF, CR LF or CR; where
 * the format says so, a backslash before it joins the next one to it, except in a comment. Words
 * are separated by spaces and tabs, or by one other character. Not thread-safe.
 */
final class Lines {
  /** Longer lines are refused: no format here has them. */
  private static final int LONGEST = 1 << 20;

  private final Bytes in;
  private final boolean joins;
  private long number;
  private int start;
  private int stop;
  private int next;
  private int[] from = new int[16];
  private int[] to = new int[16];
  private int words;

  Lines(Bytes in) {
    this(in, false);
  }

  private Lines(Bytes in, boolean joins) {
    this.in = in;
    this.joins = joins;
    this.next = in.at();
  }

  /** Passes over the mark of UTF-8 that some programs put before a text. */
  Lines afterMark() throws SampleException {
    if (in.remaining() >= 3) {
      in.need(3, "the first line");
      byte[] array = in.array();
      if (array[in.at()] == (byte) 0xef
          && array[in.at() + 1] == (byte) 0xbb
          && array[in.at() + 2] == (byte) 0xbf) {
        in.skip(3);
      }
      next = in.at();
    }
    return this;
  }

  /** Lines of which a backslash at the end joins the next one to them. */
  static Lines joined(Bytes in) {
    return new Lines(in, true);
  }

  /** Goes to the next line; false after the last. */
  boolean next() throws SampleException {
    in.skip(next - in.at());
    int scan = in.at();
    while (true) {
      byte[] array = in.array();
      int end = in.end();
      while (scan < end && (!isEnd(array[scan]) || isJoined(array, scan))) {
        scan++;
      }
      if (scan < end && (array[scan] == '\n' || scan + 1 < end)) {
        break;
      }
      int length = scan - in.at();
      if (length >= LONGEST) {
        throw Bad.malformed(in.format(), "line " + (number + 1) + " is too long", in.position());
      }
      if (in.remaining() <= end - in.at()) {
        if (in.remaining() == 0) {
          start = stop = next = in.at();
          words = 0;
          return false;
        }
        break;
      }
      in.fill((int) Math.min(in.remaining(), Math.max(1 << 16, 2L * length)));
      scan = in.at() + length;
    }
    number++;
    start = in.at();
    stop = scan;
    next = scan < in.end() ? scan + 1 : scan;
    if (next < in.end() && in.array()[scan] == '\r' && in.array()[next] == '\n') {
      next++;
    }
    return true;
  }

  /** Whether a backslash stands before the line end at this place. */
  private boolean isJoined(byte[] array, int end) {
    if (!joins) {
      return false;
    }
    int first = in.at();
    int before = end - 1;
    if (array[end] == '\n' && before > first && array[before] == '\r') {
      before--;
    }
    return before >= first && array[before] == '\\' && array[first] != '#';
  }

  /** Goes to the next line that has a word, and splits it; false after the last. */
  boolean nextWords() throws SampleException {
    while (next()) {
      if (split() > 0) {
        return true;
      }
    }
    return false;
  }

  /** Goes to the next line that has a word before {@code #}, and splits that part. */
  boolean nextBeforeComment() throws SampleException {
    while (next()) {
      byte[] array = in.array();
      for (int i = start; i < stop; i++) {
        if (array[i] == '#') {
          stop = i;
        }
      }
      if (split() > 0) {
        return true;
      }
    }
    return false;
  }

  /** Moves the source behind the current line. */
  void leave() {
    in.skip(next - in.at());
  }

  /** Splits the line at spaces and tabs. */
  int split() {
    words = 0;
    byte[] array = in.array();
    int i = start;
    while (true) {
      while (i < stop && isBlank(array, i)) {
        i++;
      }
      if (i >= stop) {
        return words;
      }
      int begin = i;
      while (i < stop && !isBlank(array, i)) {
        i++;
      }
      word(begin, i);
    }
  }

  /** Splits the line at every separator, so that words may be empty; blanks around are dropped. */
  int split(char separator) {
    words = 0;
    byte[] array = in.array();
    int begin = start;
    for (int i = start; i <= stop; i++) {
      if (i == stop || array[i] == separator) {
        int a = begin;
        int b = i;
        while (a < b && blank(array[a])) {
          a++;
        }
        while (b > a && blank(array[b - 1])) {
          b--;
        }
        word(a, b);
        begin = i + 1;
      }
    }
    return words;
  }

  private void word(int begin, int end) {
    if (words == from.length) {
      from = Arrays.copyOf(from, 2 * words);
      to = Arrays.copyOf(to, 2 * words);
    }
    from[words] = begin;
    to[words++] = end;
  }

  private static boolean blank(byte value) {
    return value == ' ' || value == '\t' || value == 0x0b || value == '\f';
  }

  /** Whether a blank stands here; so do a joined line's end and the backslash before it. */
  private boolean isBlank(byte[] array, int place) {
    byte value = array[place];
    return blank(value)
        || joins && (isEnd(value) || value == '\\' && place + 1 < stop && isEnd(array[place + 1]));
  }

  private static boolean isEnd(byte value) {
    return value == '\n' || value == '\r';
  }

  /** The number of words of the line as it was split. */
  int words() {
    return words;
  }

  /** The line's number, from 1. */
  long number() {
    return number;
  }

  /** The byte offset of the line. */
  long offset() {
    return in.offset(start);
  }

  /** The byte offset of a word. */
  long offset(int word) {
    return in.offset(from[word]);
  }

  /** A word as text. */
  String text(int word) {
    return new String(in.array(), from[word], to[word] - from[word], StandardCharsets.ISO_8859_1);
  }

  /** The whole line as text. */
  String text() {
    return new String(in.array(), start, stop - start, StandardCharsets.ISO_8859_1);
  }

  /** Whether a word is this one, in lower case. */
  boolean is(int word, String lower) {
    return word < words
        && to[word] - from[word] == lower.length()
        && text(word).toLowerCase(Locale.ROOT).equals(lower);
  }

  /** Whether a word is exactly this one character. */
  boolean isOnly(int word, char letter) {
    return to[word] - from[word] == 1 && in.array()[from[word]] == letter;
  }

  /**
   * A word as a number: decimal, with exponent, {@code nan} or {@code inf} in any case. The nearest
   * double, as Python's {@code float} gives.
   */
  double decimal(int word) throws SampleException {
    byte[] array = in.array();
    int begin = from[word];
    int end = to[word];
    byte last = end > begin ? array[end - 1] : 0;
    if (last >= '0' && last <= '9' || last == '.') {
      try {
        return JavaDoubleParser.parseDouble(array, begin, end - begin);
      } catch (NumberFormatException e) {
        throw notNumber(word);
      }
    }
    return switch (text(word).toLowerCase(Locale.ROOT)) {
      case "nan", "-nan", "+nan", "nan(ind)", "-nan(ind)" -> Double.NaN;
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw notNumber(word);
    };
  }

  /** A word as a whole number. */
  long integer(int word) throws SampleException {
    try {
      return Long.parseLong(text(word));
    } catch (NumberFormatException e) {
      throw Bad.malformed(
          in.format(),
          "line " + number + " has \"" + shown(word) + "\" for a whole number",
          offset(word));
    }
  }

  /** Whether a word is a number. */
  boolean isNumber(int word) {
    try {
      decimal(word);
      return true;
    } catch (SampleException e) {
      return false;
    }
  }

  /** Fails when the line has fewer words. */
  void needWords(int count) throws SampleException {
    if (words < count) {
      throw Bad.malformed(
          in.format(), "line " + number + " has " + words + " values, not " + count, offset());
    }
  }

  SampleException malformed(String what) {
    return Bad.malformed(in.format(), "line " + number + " " + what, offset());
  }

  private SampleException notNumber(int word) {
    return Bad.malformed(
        in.format(), "line " + number + " has \"" + shown(word) + "\" for a number", offset(word));
  }

  private String shown(int word) {
    String text = text(word);
    return text.length() > 30 ? text.substring(0, 30) + "..." : text;
  }
}
