/** Statistics of committed token rows, counted in one pass on Spark. */
package org.tessera.pipeline.spark.stats;
