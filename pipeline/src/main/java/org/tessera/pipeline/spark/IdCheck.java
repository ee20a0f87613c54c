package org.tessera.pipeline.spark;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.tessera.model.bundle.Prefix;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.stats.Geometry;

/**
 * Finds token rows whose ids or shape do not fit their layout. Columns: run, wave, id, tokens,
 * shape, geometry. Where a model says how many ids a sample keeps, the layout's last extent is the
 * most, and where it says which, the geometry has a position for each; the id that stands for a
 * dropped one is allowed everywhere.
 */
final class IdCheck implements MapPartitionsFunction<Row, String> {
  private static final long serialVersionUID = 1L;

  private final String[] axes;
  private final int[] shape;
  private final int[] radices;
  private final String slotAxis;
  private final boolean varies;
  private final boolean keepsPositions;
  private final int fill;

  IdCheck(TokenizerManifest manifest) {
    TokenLayout layout = manifest.layout();
    this.axes = layout.axes().toArray(String[]::new);
    this.shape = layout.shape().stream().mapToInt(Integer::intValue).toArray();
    this.radices = layout.radices().stream().mapToInt(Integer::intValue).toArray();
    this.slotAxis = layout.slotAxis();
    this.varies = manifest.lengthsVary();
    this.keepsPositions = manifest.keepsPositions();
    this.fill = manifest.prefix().map(Prefix::fill).orElse(OptionalInt.empty()).orElse(0);
  }

  @Override
  public Iterator<String> call(Iterator<Row> rows) {
    TokenLayout layout =
        new TokenLayout(
            List.of(axes),
            Arrays.stream(shape).boxed().toList(),
            Arrays.stream(radices).boxed().toList(),
            slotAxis,
            List.of());
    List<String> problems = new java.util.ArrayList<>();
    while (rows.hasNext() && problems.size() < 5) {
      Row row = rows.next();
      String problem = problem(layout, row.getList(3), row.getList(4));
      if (problem == null && keepsPositions) {
        problem = positionProblem(row.<Integer>getList(4).get(shape.length - 1), row.getString(5));
      }
      if (problem != null) {
        problems.add(
            "wave "
                + row.getInt(1)
                + " of "
                + row.getString(0)
                + ": sample "
                + row.getString(2)
                + ": "
                + problem);
      }
    }
    return problems.iterator();
  }

  /** Whether the geometry says where so many ids stand along the last axis. */
  private String positionProblem(int ids, String geometry) {
    int[] positions = Geometry.positions(geometry);
    boolean fits = positions != null && positions.length == ids;
    for (int i = 0; fits && i < ids; i++) {
      int least = i == 0 ? 0 : positions[i - 1] + 1;
      fits = positions[i] >= least && positions[i] < shape[shape.length - 1];
    }
    return fits
        ? null
        : String.format(
            "the geometry's kept %s are not %d ascending positions below %d",
            Arrays.toString(positions), ids, shape[shape.length - 1]);
  }

  private String problem(TokenLayout layout, List<Integer> ids, List<Integer> extents) {
    if (extents.size() != shape.length) {
      return "shape " + extents + " does not have the axes " + List.of(axes);
    }
    int[] sample = new int[shape.length];
    long size = 1;
    for (int i = 0; i < shape.length; i++) {
      sample[i] = extents.get(i);
      size *= sample[i];
      boolean shorter = varies && i == shape.length - 1 && sample[i] < shape[i];
      if (shape[i] >= 0 && shape[i] != sample[i] && !shorter) {
        return "shape " + extents + " is not the layout's " + layout.shape();
      }
    }
    if (size != ids.size()) {
      return ids.size() + " ids do not fill shape " + extents;
    }
    int slots = layout.slots(sample);
    int stride = layout.slotStride(sample);
    for (int i = 0; i < ids.size(); i++) {
      int radix = layout.radix(slots == 1 ? 0 : (i / stride) % slots);
      int id = ids.get(i);
      if ((id < 0 || id >= radix) && id != fill) {
        return "id " + id + " at " + i + " is not in its codebook of " + radix;
      }
    }
    return null;
  }
}
