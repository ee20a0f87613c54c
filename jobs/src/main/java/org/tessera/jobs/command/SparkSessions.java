package org.tessera.jobs.command;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Spark sessions of the commands. Under spark-submit its settings hold; without it Spark runs in
 * this process on all cores. Precedence: {@code --conf}, then spark-submit, then the defaults here.
 */
final class SparkSessions {
  private static final Map<String, String> EMBEDDED =
      Map.of(
          "spark.master", "local[*,4]",
          "spark.ui.enabled", "false",
          "spark.driver.host", "localhost",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.executor.heartbeatInterval", "2s",
          "spark.ui.showConsoleProgress", "false",
          // Spark's 200 are for clusters: here most would be empty, and each costs a file and a
          // task.
          "spark.sql.shuffle.partitions",
              Integer.toString(4 * Runtime.getRuntime().availableProcessors()));

  private SparkSessions() {}

  /** Starts, or finds, the session of this process; the caller closes it. */
  static SparkSession open(String command, CommonOptions options) {
    SparkConf conf = new SparkConf();
    options.conf().forEach(conf::set);
    if (!conf.contains("spark.master")) {
      EMBEDDED.forEach(conf::setIfMissing);
    }
    conf.setIfMissing("spark.app.name", "tessera " + command);
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    return SparkSession.builder().config(conf).getOrCreate();
  }
}
