package org.tessera.model.bundle;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What {@code tokenizer.json} says; the format is in {@code model-loader/BUNDLE.md}. Immutable and
 * thread-safe.
 *
 * @param name the tokenizer's name: letters, digits, {@code . _ -}
 * @param version the author's version
 * @param modality what it reads
 * @param engine the engine's name, e.g. {@code tensorflow}
 * @param model the model directory or file, relative to the bundle
 * @param output what the model returns: {@code ids}, {@code latents} or {@code logits}
 * @param encode the signature from signal to ids
 * @param decode the signature from ids to signal, where there is one
 * @param frontEnd the steps from a decoded file to the model's input
 * @param quantizer the quantizer that makes (or, with output {@code ids}, made) the ids
 * @param layout the axes of one sample's tokens
 * @param licence the SPDX id of the model's licence
 * @param source where the model comes from
 * @param files SHA-256 (lower-case hex) of every file but the manifest, by path relative to the
 *     bundle with {@code /}
 */
public record TokenizerManifest(
    String name,
    String version,
    Modality modality,
    String engine,
    String model,
    String output,
    SignatureSpec encode,
    Optional<SignatureSpec> decode,
    List<Step> frontEnd,
    QuantizerSpec quantizer,
    TokenLayout layout,
    String licence,
    String source,
    SortedMap<String, String> files) {
  /** The version of the manifest format that this code reads and writes. */
  public static final int FORMAT = 1;

  public TokenizerManifest {
    frontEnd = List.copyOf(frontEnd);
    files = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }
}
