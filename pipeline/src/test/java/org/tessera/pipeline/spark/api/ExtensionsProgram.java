package org.tessera.pipeline.spark.api;

import org.apache.spark.sql.SparkSession;

/** Runs one query in a session that knows Tessera by its settings only. */
final class ExtensionsProgram {
  private ExtensionsProgram() {}

  public static void main(String[] args) throws Exception {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.extensions", TesseraExtensions.class.getName())
            .getOrCreate()) {
      System.out.println("result " + spark.sql(args[0]).head().get(0));
    }
  }
}
