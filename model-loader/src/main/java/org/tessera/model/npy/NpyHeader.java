package org.tessera.model.npy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header of a {@code .npy} file, read as strictly as NumPy writes it. */
record NpyHeader(NpyType type, boolean bigEndian, boolean fortranOrder, int[] shape) {
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*'(descr|fortran_order|shape)'\\s*:\\s*('[^']*'|True|False|\\([^()]*\\))\\s*(,|$)");
  private static final Pattern DESCR = Pattern.compile("'([<>|=])([a-zA-Z]\\d*)'");

  /** Parses the Python dictionary of a header. */
  static NpyHeader parse(String text, String name) {
    String dictionary = text.strip();
    if (!dictionary.startsWith("{") || !dictionary.endsWith("}")) {
      throw malformed(name, text);
    }
    String descr = null;
    String order = null;
    String shape = null;
    String body = dictionary.substring(1, dictionary.length() - 1).strip();
    Matcher matcher = ENTRY.matcher(body);
    int end = 0;
    while (end < body.length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw malformed(name, text);
      }
      switch (matcher.group(1)) {
        case "descr" -> descr = matcher.group(2);
        case "fortran_order" -> order = matcher.group(2);
        default -> shape = matcher.group(2);
      }
      end = matcher.end();
      matcher.region(end, body.length());
    }
    if (descr == null || order == null || shape == null) {
      throw malformed(name, text);
    }
    Matcher type = DESCR.matcher(descr);
    NpyType known = type.matches() ? NpyType.ofCode(type.group(2)) : null;
    if (known == null) {
      throw new NpyException(
          String.format(
              Locale.ROOT,
              "Cannot read %s: its elements are %s (only plain numbers are read, never objects;"
                  + " save it as float32 or int32)",
              name,
              descr));
    }
    if (!order.equals("True") && !order.equals("False")) {
      throw malformed(name, text);
    }
    return new NpyHeader(
        known, type.group(1).equals(">"), order.equals("True"), extents(shape, name, text));
  }

  /** The number of elements. */
  long size() {
    long size = 1;
    for (int extent : shape) {
      size = Math.multiplyExact(size, (long) extent);
    }
    return size;
  }

  private static int[] extents(String tuple, String name, String text) {
    if (!tuple.startsWith("(")) {
      throw malformed(name, text);
    }
    List<Integer> extents = new ArrayList<>();
    String inner = tuple.substring(1, tuple.length() - 1).strip();
    if (!inner.isEmpty()) {
      for (String extent : inner.split(",")) {
        String digits = extent.strip();
        if (!digits.matches("\\d{1,9}")) {
          throw malformed(name, text);
        }
        extents.add(Integer.valueOf(digits));
      }
    }
    return extents.stream().mapToInt(Integer::intValue).toArray();
  }

  private static NpyException malformed(String name, String text) {
    return new NpyException(
        "Cannot read "
            + name
            + ": its header is not NumPy's: "
            + text.strip().substring(0, Math.min(120, text.strip().length()))
            + " (write the file with numpy.save)");
  }
}
