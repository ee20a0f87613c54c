package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** What every command takes. */
public final class CommonOptions {
  private static final String HADOOP = "spark.hadoop.";

  @Option(
      names = "--config",
      paramLabel = "FILE.yaml",
      description = "Options as YAML, keys with underscores; what the command line says wins.")
  private String config;

  @Option(
      names = "--json",
      description = "Print one JSON summary on stdout, and nothing else there.")
  private boolean json;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A Spark setting, e.g. --conf spark.master=local[4]; repeatable.")
  private final Map<String, String> conf = new LinkedHashMap<>();

  /** Spark settings that the user gave. */
  Map<String, String> conf() {
    return conf;
  }

  /** Hadoop's settings, with the user's {@code spark.hadoop.*}. */
  Configuration hadoop() {
    Configuration configuration = new Configuration();
    conf.forEach(
        (key, value) -> {
          if (key.startsWith(HADOOP)) {
            configuration.set(key.substring(HADOOP.length()), value);
          }
        });
    return configuration;
  }

  /** Whether the summary is JSON. */
  boolean json() {
    return json;
  }

  /** Prints the summary on stdout: the JSON object, or the text for people. */
  void print(ObjectNode summary, String text) {
    System.out.println(json ? summary.toString() : text);
  }
}
