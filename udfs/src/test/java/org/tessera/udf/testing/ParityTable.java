package org.tessera.udf.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A table of {@code PARITY.md} as it is measured: written to {@code target/parity/NAME.md}, and the
 * document must have it as it is. Not thread-safe.
 */
public final class ParityTable {
  private final String name;
  private final List<String> columns;
  private final Map<String, long[]> rows = new TreeMap<>();

  /**
   * An empty table.
   *
   * @param columns the first one's heading is that of the rows' names
   */
  public ParityTable(String name, String... columns) {
    this.name = name;
    this.columns = List.of(columns);
  }

  /** Adds to the numbers of a row, in the order of the columns. */
  public void add(String row, long... numbers) {
    long[] sums = rows.computeIfAbsent(row, r -> new long[columns.size() - 1]);
    Arrays.setAll(sums, i -> sums[i] + numbers[i]);
  }

  /** Writes the table, and compares it with the document's. */
  public void check() throws IOException {
    StringBuilder table = new StringBuilder("| " + String.join(" | ", columns) + " |\n|---|");
    table.append("---:|".repeat(columns.size() - 1)).append('\n');
    rows.forEach((row, numbers) -> append(table, row, numbers));
    long[] all = new long[columns.size() - 1];
    rows.values().forEach(numbers -> Arrays.setAll(all, i -> all[i] + numbers[i]));
    append(table, "all", all);
    Path folder = Files.createDirectories(Path.of("target/parity"));
    Files.writeString(folder.resolve(name + ".md"), table);
    assertThat(Files.readString(Path.of("PARITY.md")))
        .as("PARITY.md has the measured table of %s/%s.md", folder, name)
        .contains(table);
  }

  private static void append(StringBuilder table, String row, long[] numbers) {
    table.append("| ").append(row).append(" |");
    for (long number : numbers) {
      table.append(' ').append(number).append(" |");
    }
    table.append('\n');
  }
}
