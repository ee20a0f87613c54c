package org.tessera.udf.container;

import java.util.Locale;

/** The parts of a member's name. */
final class MemberNames {
  private MemberNames() {}

  /** The name without its folders. */
  static String base(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** The WebDataset key: the path up to the first dot of the file name. */
  static String key(String name) {
    int start = name.lastIndexOf('/') + 1;
    int dot = name.indexOf('.', start);
    return dot <= start ? name : name.substring(0, dot);
  }

  /** The path up to the last dot of the file name. */
  static String stem(String name) {
    int start = name.lastIndexOf('/') + 1;
    int dot = name.lastIndexOf('.');
    return dot <= start ? name : name.substring(0, dot);
  }

  /** What follows the last dot, in lower case. */
  static String extension(String name) {
    int start = name.lastIndexOf('/') + 1;
    int dot = name.lastIndexOf('.');
    return dot <= start ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  /** Names that archives carry along and nobody means: hidden files and macOS's shadows. */
  static boolean hidden(String name) {
    return base(name).startsWith(".") || base(name).startsWith("_") || name.startsWith("__MACOSX/");
  }
}
