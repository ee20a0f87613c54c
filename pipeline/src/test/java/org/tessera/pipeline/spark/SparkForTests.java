package org.tessera.pipeline.spark;

import org.apache.spark.sql.SparkSession;

/** The one Spark session of this module's tests. */
public final class SparkForTests {
  private static SparkSession session;

  private SparkForTests() {}

  /** The session, started on the first call; it stays open until the JVM ends. */
  public static synchronized SparkSession session() {
    if (session == null) {
      session =
          SparkSession.builder()
              .master("local[2]")
              .appName("tessera tests")
              .config("spark.ui.enabled", "false")
              .config("spark.driver.host", "localhost")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.sql.shuffle.partitions", "2")
              .config("spark.sql.session.timeZone", "UTC")
              .getOrCreate();
    }
    return session;
  }
}
