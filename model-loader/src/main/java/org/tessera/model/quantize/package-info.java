/**
 * Quantizers: from latent vectors to ids and back, as a plain Java reference and as operations in a
 * TensorFlow graph.
 */
package org.tessera.model.quantize;
