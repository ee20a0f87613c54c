/** The inner loops of the reference quantizers: blocked plain Java that the JIT vectorises. */
package org.tessera.model.quantize.kernel;
