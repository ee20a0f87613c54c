package org.tessera.pipeline.stats;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a committed token file, to be read by one task. Crosses to executors as text.
 *
 * @param run the run that wrote it
 * @param wave its wave
 * @param start the first byte of the part
 * @param end the byte after it
 * @param path the file's full path
 */
public record TokenSplit(String run, int wave, long start, long end, String path) {
  /** Cuts a file into parts of about so many bytes. */
  public static List<TokenSplit> cut(String run, int wave, String path, long bytes, long part) {
    List<TokenSplit> splits = new ArrayList<>();
    long start = 0;
    do {
      long end = bytes - start < part * 3 / 2 ? bytes : start + part;
      splits.add(new TokenSplit(run, wave, start, end, path));
      start = end;
    } while (start < bytes);
    return splits;
  }

  /** The form that crosses; it has no line break. */
  public String toText() {
    return run + '\t' + wave + '\t' + start + '\t' + end + '\t' + path;
  }

  /** Reads {@link #toText}'s form. */
  public static TokenSplit fromText(String text) {
    String[] parts = text.split("\t", 5);
    return new TokenSplit(
        parts[0],
        Integer.parseInt(parts[1]),
        Long.parseLong(parts[2]),
        Long.parseLong(parts[3]),
        parts[4]);
  }
}
