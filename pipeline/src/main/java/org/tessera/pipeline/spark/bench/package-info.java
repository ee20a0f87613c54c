/** Measures whole runs against that yardstick. */
package org.tessera.pipeline.spark.bench;
