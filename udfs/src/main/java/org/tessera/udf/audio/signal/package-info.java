/** Sampled signals that are read block by block, and the filters on them. */
package org.tessera.udf.audio.signal;
