package org.tessera.udf.points.read;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.tessera.udf.sample.Limits;

/**
 * What a reader shall read, and how much at most.
 *
 * @param parts the parts wanted beside the coordinates; a part that the file lacks is left out
 * @param columns names of the columns of files that do not name them (XYZ, CSV without a header,
 *     NPY): {@code x y z intensity red green blue nx ny nz}, and {@code -} for a column that is not
 *     used; empty for the default: x, y, z and, when there are four, intensity
 * @param limits bounds on bytes, points and nesting
 * @param deadline when reading must have ended
 */
public record ReadRequest(Set<Part> parts, List<String> columns, Limits limits, Deadline deadline) {
  public ReadRequest {
    parts = parts.isEmpty() ? EnumSet.noneOf(Part.class) : EnumSet.copyOf(parts);
    columns = List.copyOf(columns);
  }

  /** Coordinates only, with the default limits and no deadline. */
  public static ReadRequest coordinates() {
    return new ReadRequest(Set.of(), List.of(), Limits.DEFAULT, Deadline.NONE);
  }

  /** The same request with other parts. */
  public ReadRequest with(Part... wanted) {
    return new ReadRequest(Set.of(wanted), columns, limits, deadline);
  }

  boolean wants(Part part) {
    return parts.contains(part);
  }
}
