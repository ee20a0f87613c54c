package org.tessera.udf.eeg.read;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;
import java.util.regex.Pattern;

/** The formats that are known by their first bytes. */
public enum EegFormat {
  EDF("edf", ""),
  BDF("bdf", ""),
  BRAINVISION("brainvision", ""),
  BRAINVISION_MARKERS(
      "vmrk", "it holds the markers of a BrainVision recording; tokenize its .vhdr file"),
  EEGLAB_MAT5("eeglab", ""),
  EEGLAB_HDF5("eeglab", ""),
  FIF("fif", ""),
  GDF("gdf", "convert it to EDF+ or BDF+, e.g. with BioSig's save2gdf"),
  XDF("xdf", "convert its streams to EDF+, e.g. with MNE");

  private static final int HEAD = 256;

  /** The version, which some programs fill up with zeros instead of blanks. */
  private static final Pattern EDF_VERSION = Pattern.compile("0( {7}|\0{7})");

  private static final Pattern HEADER_FILE =
      Pattern.compile("Brain ?Vision( Core| V-Amp)? Data( Exchange)? Header File.*");
  private static final Pattern MARKER_FILE =
      Pattern.compile("Brain ?Vision( Core| V-Amp)? Data( Exchange)? Marker File.*");

  /** The first section of headers, which some programs write without the line before it. */
  private static final Pattern COMMON_INFOS =
      Pattern.compile("^\\[Common Infos]\\s*$", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private final String id;
  private final String unsupported;

  EegFormat(String id, String unsupported) {
    this.id = id;
    this.unsupported = unsupported;
  }

  /** The name in tables, e.g. {@code edf}. */
  public String id() {
    return id;
  }

  /** Why files of this format are not read and what to do; empty when they are. */
  public String unsupported() {
    return unsupported;
  }

  /**
   * The format of a file that starts with these bytes (256 are enough), or empty when it is no
   * known format of recordings. MATLAB and HDF5 files count as EEGLAB's: what is in them shows only
   * when they are read.
   */
  public static Optional<EegFormat> of(byte[] head) {
    String text = new String(head, 0, Math.min(head.length, HEAD), ISO_8859_1);
    if (EDF_VERSION.matcher(text).lookingAt()) {
      return text.length() < HEAD || looksLikeEdf(text) ? Optional.of(EDF) : Optional.empty();
    }
    if (text.startsWith("\u00ffBIOSEMI")) {
      return Optional.of(BDF);
    }
    if (text.startsWith("\0\0\0d\0\0\0\u001f\0\0\0\u0014")) {
      return Optional.of(FIF);
    }
    if (text.startsWith("MATLAB 5.0 MAT-file")) {
      return Optional.of(EEGLAB_MAT5);
    }
    if (text.startsWith("MATLAB 7.3 MAT-file") || text.startsWith("\u0089HDF\r\n\u001a\n")) {
      return Optional.of(EEGLAB_HDF5);
    }
    if (text.startsWith("GDF ")) {
      return Optional.of(GDF);
    }
    if (text.startsWith("XDF:")) {
      return Optional.of(XDF);
    }
    return brainVision(text);
  }

  private static Optional<EegFormat> brainVision(String text) {
    String start = text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text;
    String line = start.lines().findFirst().orElse("").strip();
    if (MARKER_FILE.matcher(line).matches()) {
      return Optional.of(BRAINVISION_MARKERS);
    }
    return HEADER_FILE.matcher(line).matches() || COMMON_INFOS.matcher(start).find()
        ? Optional.of(BRAINVISION)
        : Optional.empty();
  }

  /** Text where EDF has its date, its time and its counts. */
  private static boolean looksLikeEdf(String head) {
    for (int i = 168; i < HEAD; i++) {
      char c = head.charAt(i);
      if ((c >= 0x7f && c < 0xa0) || (c < ' ' && c != 0)) {
        return false;
      }
    }
    return true;
  }
}
