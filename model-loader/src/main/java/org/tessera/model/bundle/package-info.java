/** Tokenizer bundles: the manifest, its strict reader and writer, integrity and identity. */
package org.tessera.model.bundle;
