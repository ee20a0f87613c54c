/**
 * Fit: learns a tokenizer from a corpus. A {@link org.tessera.pipeline.fit.FitSpec} says what is
 * learned; the learners here work on blocks of vectors and know nothing of Spark.
 */
package org.tessera.pipeline.fit;
