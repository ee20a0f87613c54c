/** Fit on Spark: reads training vectors in tasks and keeps them in blocks on the executors. */
package org.tessera.pipeline.spark.fit;
