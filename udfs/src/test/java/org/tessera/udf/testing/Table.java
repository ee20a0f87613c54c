package org.tessera.udf.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Golden files beside a test class. */
public final class Table {
  private Table() {}

  /** The rows of a tab-separated file with a header line. */
  public static List<Map<String, String>> rows(Class<?> beside, String name) {
    List<String> lines = new String(bytes(beside, name), StandardCharsets.UTF_8).lines().toList();
    String[] columns = lines.get(0).split("\t", -1);
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] values = line.split("\t", -1);
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < columns.length; i++) {
        row.put(columns[i], values[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  /** A resource's bytes; the name is relative to the class's package or absolute. */
  public static byte[] bytes(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new AssertionError("Cannot find the test resource " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
