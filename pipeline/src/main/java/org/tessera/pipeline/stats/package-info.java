/**
 * Codebook and token statistics: mergeable counts and the metrics that follow from them. No Spark.
 * Every metric is defined in {@code pipeline/STATS.md}.
 */
package org.tessera.pipeline.stats;
