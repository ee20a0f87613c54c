package org.tessera.jobs.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tessera.jobs.config.ConfigException;
import org.tessera.model.bundle.Suggestions;
import org.tessera.udf.sample.Limits;
import picocli.CommandLine.Option;

/** What one sample may cost. */
final class LimitOptions {
  private static final List<String> NAMES =
      List.of(
          "bytes", "pixels", "samples", "seconds", "channels", "points", "nesting", "timeout_ms");

  @Option(
      names = "--limits",
      paramLabel = "NAME=NUMBER",
      description = {
        "What one sample may cost before it is rejected: bytes, pixels, samples, seconds,",
        "channels, points, nesting, timeout_ms; e.g. --limits pixels=50000000"
      })
  private final Map<String, Double> limits = new LinkedHashMap<>();

  Limits limits() {
    for (Map.Entry<String, Double> limit : limits.entrySet()) {
      if (!NAMES.contains(limit.getKey())) {
        throw new ConfigException(
            "--limits",
            List.of(
                "unknown name "
                    + limit.getKey()
                    + " ("
                    + Suggestions.of(limit.getKey(), NAMES)
                    + ")"));
      }
      if (!(limit.getValue() > 0)) {
        throw new ConfigException(
            "--limits", List.of(limit.getKey() + " must be above 0: " + limit.getValue()));
      }
    }
    Limits defaults = Limits.DEFAULT;
    return new Limits(
        value("bytes", defaults.bytes()).longValue(),
        value("pixels", defaults.pixels()).longValue(),
        value("samples", defaults.samples()).longValue(),
        value("seconds", defaults.seconds()).doubleValue(),
        value("channels", defaults.channels()).intValue(),
        value("points", defaults.points()).longValue(),
        value("nesting", defaults.nesting()).intValue(),
        value("timeout_ms", defaults.timeoutMillis()).longValue());
  }

  private Number value(String name, Number defaultValue) {
    return limits.containsKey(name) ? limits.get(name) : defaultValue;
  }
}
