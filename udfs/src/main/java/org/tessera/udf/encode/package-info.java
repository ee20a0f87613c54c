/** Encoding: batches of model inputs through a session, back to one outcome per sample. */
package org.tessera.udf.encode;
