package org.tessera.udf.eeg.read;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tessera.udf.sample.SampleException;

/**
 * The text of a BrainVision header or marker file: sections of {@code key=value} lines. The text is
 * UTF-8 or what its {@code Codepage} says; Latin-1 where it is not UTF-8. Section names and keys
 * count in any case. Nothing is read behind a {@code [Comment]} section.
 */
final class IniText {
  private static final Pattern CODEPAGE = Pattern.compile("Codepage=([^\r\n]+)");
  private static final int LONGEST_LINE = 65_536;

  private final byte[] bytes;
  private final Map<String, Map<String, String>> sections = new TreeMap<>();

  private IniText(byte[] bytes) {
    this.bytes = bytes;
  }

  static IniText parse(byte[] bytes) throws SampleException {
    IniText text = new IniText(bytes);
    Map<String, String> section = new LinkedHashMap<>();
    int number = 0;
    for (String line : decode(bytes).lines().toList()) {
      String stripped = line.strip();
      if (stripped.length() > LONGEST_LINE) {
        throw Faults.malformed(
            "Cannot read BrainVision: line "
                + (number + 1)
                + " has "
                + stripped.length()
                + " characters",
            -1);
      }
      boolean title = number++ == 0 && !stripped.startsWith("[");
      if (title || stripped.isEmpty() || stripped.startsWith(";")) {
        continue;
      }
      if (stripped.startsWith("[") && stripped.endsWith("]")) {
        String name = stripped.substring(1, stripped.length() - 1).toLowerCase(Locale.ROOT);
        if (name.equals("comment")) {
          break;
        }
        section = text.sections.computeIfAbsent(name, key -> new LinkedHashMap<>());
        continue;
      }
      int at = stripped.indexOf('=');
      if (at > 0) {
        section.putIfAbsent(
            stripped.substring(0, at).strip().toLowerCase(Locale.ROOT),
            stripped.substring(at + 1).strip());
      }
    }
    return text;
  }

  private static String decode(byte[] bytes) {
    String latin = new String(bytes, ISO_8859_1);
    Matcher codepage = CODEPAGE.matcher(latin);
    Charset charset = UTF_8;
    if (codepage.find()) {
      String name = codepage.group(1).strip();
      try {
        charset = Charset.forName(name.equals("ANSI") ? "windows-1252" : name);
      } catch (IllegalArgumentException e) {
        charset = ISO_8859_1;
      }
    }
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return latin;
    }
  }

  /** A value, when it is written. */
  Optional<String> get(String section, String key) {
    return Optional.ofNullable(section(section).get(key.toLowerCase(Locale.ROOT)));
  }

  /** A value that must be there. */
  String required(String section, String key) throws SampleException {
    Optional<String> value = get(section, key);
    if (value.isEmpty()) {
      throw Faults.malformed(
          "Cannot read BrainVision: [" + section + "] has no " + key, bytes.length);
    }
    return value.get();
  }

  /** The lines of a section by key, in lower case, in the order of the file. */
  Map<String, String> section(String name) {
    return sections.getOrDefault(name.toLowerCase(Locale.ROOT), Map.of());
  }

  /** Where a key stands in the file, or -1. */
  long offset(String key) {
    return new String(bytes, ISO_8859_1)
            .toLowerCase(Locale.ROOT)
            .indexOf("\n" + key.toLowerCase(Locale.ROOT) + "=")
        + 1L;
  }
}
