package org.tessera.model.bundle;

import java.util.OptionalInt;

/**
 * Says that the first n ids along one axis are a valid, coarser token sequence: the levels of a
 * residual quantizer, or ordered 1-D tokens. Immutable and thread-safe.
 *
 * @param axis the axis that can be cut, e.g. {@code level}
 * @param minimum the fewest ids along it that still mean something, at least 1
 * @param fill the id that the decoder wants in place of a dropped one (-1 for most residual
 *     quantizers); empty when the decoder takes the shorter array
 */
public record Prefix(String axis, int minimum, OptionalInt fill) {}
