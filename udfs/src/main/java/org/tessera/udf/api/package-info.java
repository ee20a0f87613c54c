/** Tokenizing from Java without Spark: a file, or bytes, to outcomes. */
package org.tessera.udf.api;
