package org.tessera.pipeline.spark.api;

import org.apache.spark.sql.SparkSession;

/**
 * Functions of SQL. From PySpark: {@code
 * spark._jvm.org.tessera.pipeline.spark.api.TesseraFunctions.register(spark._jsparkSession)}; or
 * set {@code spark.sql.extensions} to {@link TesseraExtensions}, which spark-sql can do too.
 */
public final class TesseraFunctions {
  /** {@code tessera_tokenize(bytes, bundle)}. */
  public static final String TOKENIZE = "tessera_tokenize";

  private TesseraFunctions() {}

  /**
   * Registers the functions for a session: {@code tessera_tokenize(bytes, bundle)} gives what
   * {@link BytesTokenizer#tokenize} does, value by value, so that nothing is batched; null for
   * null.
   */
  public static void register(SparkSession spark) {
    spark.udf().register(TOKENIZE, new TokenizeFunction(), Outcomes.TYPE);
  }
}
