package org.tessera.udf.eeg;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.tessera.udf.eeg.read.Channel;

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

  /** Place and direction of a channel: the file's, else that of its name; empty when neither is. */
  static double[] of(Channel channel) {
    double[] place = channel.sensor().stream().mapToDouble(Double::doubleValue).toArray();
    if (Double.isFinite(place[0])) {
      return place;
    }
    double[] standard = of(ElectrodeNames.plain(channel.name()));
    return standard.length == 0 ? standard : Arrays.copyOf(standard, 6);
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
