/** A loaded tokenizer: bundle, engine and quantizer behind one call from signals to ids. */
package org.tessera.model.tokenizer;
