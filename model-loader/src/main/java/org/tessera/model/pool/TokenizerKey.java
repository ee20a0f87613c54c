package org.tessera.model.pool;

import org.tessera.model.tokenizer.TokenizerOptions;

/**
 * Which tokenizer, and how it is run. Immutable and thread-safe.
 *
 * @param location where the bundle is
 * @param fingerprint which bundle it must be
 * @param options how it is run
 */
public record TokenizerKey(String location, String fingerprint, TokenizerOptions options) {}
