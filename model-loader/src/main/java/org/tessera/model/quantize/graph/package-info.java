/** Building blocks of the quantizers' graph forms: row blocks, code search, look-up. */
package org.tessera.model.quantize.graph;
