/** Exports on Spark: reads committed token rows, puts sequences together, writes shards once. */
package org.tessera.pipeline.spark.export;
