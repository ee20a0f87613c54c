package org.tessera.pipeline.export;

/**
 * A token that stands for no code. Immutable and thread-safe.
 *
 * @param name its name in templates, e.g. {@code boi}
 * @param id its id
 * @param modality the modality that it begins, ends or separates; empty for none
 * @param meaning what it means, for people
 */
public record SpecialToken(String name, int id, String modality, String meaning) {}
