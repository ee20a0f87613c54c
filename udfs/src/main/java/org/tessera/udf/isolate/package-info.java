/** Decoding in worker processes, so that a decoder that crashes costs one sample. */
package org.tessera.udf.isolate;
