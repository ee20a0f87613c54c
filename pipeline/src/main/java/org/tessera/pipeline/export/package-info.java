/**
 * Exports: flattened sequences, one vocabulary for all tokenizers, and the file formats of
 * trainers, without Spark.
 */
package org.tessera.pipeline.export;
