package org.tessera.model.bundle;

/**
 * A model in a bundle. Immutable and thread-safe.
 *
 * @param engine the engine's name, e.g. {@code onnx}
 * @param path the model directory or file, relative to the bundle with {@code /}
 */
public record ModelFile(String engine, String path) {}
