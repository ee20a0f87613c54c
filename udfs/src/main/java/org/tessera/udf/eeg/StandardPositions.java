package org.tessera.udf.eeg;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Places of the electrodes of the 10-05 system on a standard head. */
final class StandardPositions {
  private static final Map<String, double[]> PLACES = load();

  private StandardPositions() {}

  /**
   * The place of an electrode: x, y, z in metres in the head frame; empty for an unknown name.
   *
   * @param plain a name in the plain form of {@link ElectrodeNames}
   */
  static double[] of(String plain) {
    return PLACES.getOrDefault(plain, new double[0]).clone();
  }

  private static Map<String, double[]> load() {
    Map<String, double[]> places = new HashMap<>();
    try (InputStream in = StandardPositions.class.getResourceAsStream("standard_1005.tsv");
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] fields = line.split("\t", -1);
          places.put(
              fields[0].toUpperCase(Locale.ROOT),
              new double[] {
                Double.parseDouble(fields[1]),
                Double.parseDouble(fields[2]),
                Double.parseDouble(fields[3])
              });
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the standard electrode positions", e);
    }
    return Map.copyOf(places);
  }
}
