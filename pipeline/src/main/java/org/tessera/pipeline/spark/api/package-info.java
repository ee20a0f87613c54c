/** Tokenizing from Spark programs: a column of bytes, and a function of SQL. */
package org.tessera.pipeline.spark.api;
