package org.tessera.pipeline.spark;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.tokenizer.IdRules;
import org.tessera.pipeline.stats.Geometry;

/**
 * Finds token rows whose ids or shape do not fit their layout. Columns: run, wave, id, tokens,
 * shape, geometry. Where a model says how many ids a sample keeps, the layout's last extent is the
 * most, and where it says which, the geometry has a position for each.
 */
final class IdCheck implements MapPartitionsFunction<Row, String> {
  private static final long serialVersionUID = 1L;

  private final String manifest;

  IdCheck(TokenizerManifest manifest) {
    this.manifest = manifest.toJson();
  }

  @Override
  public Iterator<String> call(Iterator<Row> rows) {
    TokenizerManifest read = TokenizerManifest.fromJson(manifest);
    IdRules rules = IdRules.of(read);
    TokenLayout layout = read.layout();
    List<String> problems = new java.util.ArrayList<>();
    while (rows.hasNext() && problems.size() < 5) {
      Row row = rows.next();
      int[] ids = row.<Integer>getList(3).stream().mapToInt(Integer::intValue).toArray();
      int[] shape = row.<Integer>getList(4).stream().mapToInt(Integer::intValue).toArray();
      String problem = shapeProblem(layout, read.lengthsVary(), ids.length, shape);
      if (problem == null) {
        problem = rules.problem(ids, 0, shape, at -> true).orElse(null);
      }
      if (problem == null && read.keepsPositions()) {
        int extent = layout.shape().get(shape.length - 1);
        problem = positionProblem(shape[shape.length - 1], extent, row.getString(5));
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
  private static String positionProblem(int ids, int extent, String geometry) {
    int[] positions = Geometry.positions(geometry);
    boolean fits = positions != null && positions.length == ids;
    for (int i = 0; fits && i < ids; i++) {
      int least = i == 0 ? 0 : positions[i - 1] + 1;
      fits = positions[i] >= least && positions[i] < extent;
    }
    return fits
        ? null
        : String.format(
            "the geometry's kept %s are not %d ascending positions below %d",
            Arrays.toString(positions), ids, extent);
  }

  private static String shapeProblem(TokenLayout layout, boolean varies, int ids, int[] shape) {
    if (shape.length != layout.axes().size()) {
      return "shape " + Arrays.toString(shape) + " does not have the axes " + layout.axes();
    }
    long size = 1;
    for (int i = 0; i < shape.length; i++) {
      int declared = layout.shape().get(i);
      size *= shape[i];
      boolean shorter = varies && i == shape.length - 1 && shape[i] < declared;
      if (declared >= 0 && declared != shape[i] && !shorter) {
        return "shape " + Arrays.toString(shape) + " is not the layout's " + layout.shape();
      }
    }
    return size == ids ? null : ids + " ids do not fill shape " + Arrays.toString(shape);
  }
}
