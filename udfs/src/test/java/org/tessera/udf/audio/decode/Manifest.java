package org.tessera.udf.audio.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.tessera.udf.testing.SharedData;

/** The audio rows of the shared corpus' manifest. */
final class Manifest {
  private Manifest() {}

  /** One file and the facts about it. */
  record Entry(String path, JsonNode facts) {
    @Override
    public String toString() {
      return path;
    }
  }

  /** The entries below a folder. */
  static List<Entry> entries(String folder) throws IOException {
    try (Stream<String> lines = Files.lines(SharedData.path("corpus/MANIFEST.tsv"))) {
      return lines.filter(line -> line.startsWith(folder)).map(Manifest::entry).toList();
    }
  }

  private static Entry entry(String line) {
    String[] columns = line.split("\t", -1);
    try {
      return new Entry(columns[0], new ObjectMapper().readTree(columns[10]));
    } catch (IOException e) {
      throw new AssertionError("Cannot read the facts of " + columns[0], e);
    }
  }
}
