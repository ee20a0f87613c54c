package org.tessera.udf.points.read;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The formats of point clouds and meshes. The content decides. Formats without a mark of their own
 * (XYZ, PTS, PTX, CSV, KITTI, STL in binary, OBJ without a keyword in its head) are taken for what
 * they are only under a name that allows it, and their content is then held to the format strictly.
 */
public enum PointFormat {
  PLY("PLY"),
  PCD("PCD"),
  LAS("LAS"),
  LAZ("LAZ"),
  OFF("OFF"),
  OBJ("OBJ"),
  STL("STL"),
  XYZ("XYZ"),
  CSV("CSV"),
  PTS("PTS"),
  PTX("PTX"),
  KITTI("KITTI bin"),
  NPY("NPY"),
  NPZ("NPZ"),
  E57("E57"),
  DRACO("Draco"),
  BPF("BPF");

  /** The bytes of a file's head that {@link #sniff} wants to see. */
  public static final int HEAD_BYTES = 4096;

  private static final Set<String> TEXT =
      Set.of("xyz", "txt", "asc", "pts", "ptx", "xyzi", "xyzrgb", "xyzn", "csv", "tsv");

  /** The mark of UTF-8, read as Latin-1. */
  private static final String UTF_8_MARK = "\u00ef\u00bb\u00bf";

  private static final Set<String> OBJ_WORDS =
      Set.of("v", "vn", "vt", "vp", "f", "o", "g", "s", "mtllib", "usemtl", "l", "p");

  private final String title;

  PointFormat(String title) {
    this.title = title;
  }

  /** The name in tables, e.g. {@code ply}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name in messages. */
  public String title() {
    return title;
  }

  /**
   * The format of a file.
   *
   * @param head its first {@link #HEAD_BYTES} bytes, fewer when it is shorter
   * @param name its name; only the extension counts, and only where there is no mark
   */
  public static Optional<PointFormat> sniff(byte[] head, String name) {
    String start = new String(head, 0, Math.min(head.length, 16), StandardCharsets.ISO_8859_1);
    if (start.startsWith("ply") && head.length > 3 && head[3] <= ' ') {
      return Optional.of(PLY);
    }
    if (start.startsWith("LASF")) {
      return Optional.of(head.length > 104 && head[104] < 0 ? LAZ : LAS);
    }
    if (start.startsWith("ASTM-E57")) {
      return Optional.of(E57);
    }
    if (start.startsWith("\u0093NUMPY")) {
      return Optional.of(NPY);
    }
    if (start.startsWith("DRACO")) {
      return Optional.of(DRACO);
    }
    if (start.startsWith("BPF!")) {
      return Optional.of(BPF);
    }
    String extension = extension(name);
    if (start.startsWith("PK\u0003\u0004")) {
      return extension.equals("npz") ? Optional.of(NPZ) : Optional.empty();
    }
    return withoutMark(head, extension);
  }

  private static Optional<PointFormat> withoutMark(byte[] head, String extension) {
    if (extension.equals("bin")) {
      return looksLikeKitti(head) ? Optional.of(KITTI) : Optional.empty();
    }
    String whole = new String(head, StandardCharsets.ISO_8859_1);
    String text = whole.startsWith(UTF_8_MARK) ? whole.substring(3) : whole;
    String line = firstLine(text);
    String word = line.split("[ \t]", 2)[0];
    if (isPcd(text, line)) {
      return Optional.of(PCD);
    }
    if (isOff(word)) {
      return Optional.of(OFF);
    }
    if (isStl(text, word, extension)) {
      return Optional.of(STL);
    }
    if (!isText(head)) {
      return Optional.empty();
    }
    if (OBJ_WORDS.contains(word) && line.length() > word.length()
        || extension.equals("obj") && (line.isEmpty() || hasObjLine(text))) {
      return Optional.of(OBJ);
    }
    return TEXT.contains(extension) ? ofNumbers(text, line, extension) : Optional.empty();
  }

  private static boolean isPcd(String text, String line) {
    return text.startsWith("# .PCD")
        || line.startsWith("VERSION")
        || line.startsWith("FIELDS ")
        || line.startsWith("COLUMNS ");
  }

  private static boolean isOff(String word) {
    String upper = word.toUpperCase(Locale.ROOT);
    int at = upper.indexOf("OFF");
    return at >= 0
        && upper.substring(0, at).matches("(ST)?C?N?4?N?")
        && upper.substring(at + 3).chars().allMatch(Character::isDigit);
  }

  private static boolean isStl(String text, String word, String extension) {
    if (extension.equals("stl")) {
      return true;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    return word.equalsIgnoreCase("solid")
        && (lower.contains("facet normal") || lower.contains("endsolid"));
  }

  private static boolean hasObjLine(String text) {
    return text.lines().anyMatch(line -> OBJ_WORDS.contains(line.strip().split("[ \t]", 2)[0]));
  }

  private static Optional<PointFormat> ofNumbers(String text, String line, String extension) {
    char separator = TextCloudReader.separator(line);
    String[] words = line.split(separator == 0 ? "[ \t]+" : String.valueOf(separator), -1);
    if (words.length == 1 && isNumber(words[0])) {
      String rest = text.substring(text.indexOf(line) + line.length());
      return Optional.of(isNumber(firstLine(rest)) ? PTX : PTS);
    }
    if (words.length < 3 || !(isNumber(words[0]) || hasNames(words))) {
      return Optional.empty();
    }
    return Optional.of(separator != 0 || extension.equals("csv") ? CSV : XYZ);
  }

  private static boolean hasNames(String[] words) {
    return Columns.named(
            java.util.Arrays.stream(words).map(word -> word.strip().replace("\"", "")).toList())
        .hasCoordinates();
  }

  private static boolean isNumber(String word) {
    return word.strip().matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
  }

  /** The first line that is neither empty nor a comment, without blanks around. */
  private static String firstLine(String text) {
    for (String line : text.split("[\r\n]")) {
      String stripped = line.strip();
      boolean names = stripped.regionMatches(true, 0, "//x", 0, 3);
      if (!stripped.isEmpty()
          && !stripped.startsWith("#")
          && (names || !stripped.startsWith("//"))) {
        return stripped;
      }
    }
    return "";
  }

  private static boolean isText(byte[] head) {
    for (byte value : head) {
      if (value >= 0 && value < ' ' && value != '\n' && value != '\r' && value != '\t') {
        return false;
      }
    }
    return head.length > 0;
  }

  private static boolean looksLikeKitti(byte[] head) {
    boolean any = false;
    for (int i = 0; i + 16 <= head.length; i += 4) {
      float value = Bytes.f32(head, i);
      if (!(Math.abs(value) <= 1e6f)) {
        return false;
      }
      any |= Math.abs(value) > 1e-6f;
    }
    return any;
  }

  /** The extension; that of nuScenes' five floats a point is not the one of KITTI's four. */
  private static String extension(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    int dot = lower.endsWith(".pcd.bin") ? lower.length() - 8 : lower.lastIndexOf('.');
    return dot < 0 ? "" : lower.substring(dot + 1);
  }
}
