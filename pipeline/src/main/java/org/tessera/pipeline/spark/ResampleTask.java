package org.tessera.pipeline.spark;

import java.io.IOException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.tessera.pipeline.stats.Geometry;
import org.tessera.udf.encode.SegmentCodes;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.spark.ModelSettings;

/**
 * Encodes the segments of token rows again and counts the ids that differ, where the input is still
 * the one that was tokenized.
 */
final class ResampleTask extends CommittedRowTask {
  private static final long serialVersionUID = 1L;

  ResampleTask(String bundle, String identity, ModelSettings model) {
    super(bundle, identity, model);
  }

  @Override
  Row map(Row row, Open open) throws IOException {
    int[] committed = ints(row, "tokens");
    String problem = null;
    long differing = 0;
    try {
      Segment original = open.original(row);
      checkContent(row.getAs("content_sha256"), open.originals().contentSha256());
      SegmentCodes again = SegmentCodes.of(open.tokenizer(), original);
      differing =
          again.differing(committed, ints(row, "shape"), Geometry.positions(row.getAs("geometry")));
    } catch (SampleException e) {
      problem = e.getMessage();
    }
    return RowFactory.create(
        row.getAs("sample_id"),
        row.getAs("uri"),
        problem == null ? (long) committed.length : 0L,
        differing,
        problem,
        ResampleFlow.numerics(open.tokenizer().engineVersion(), open.tokenizer().device()));
  }

  private static void checkContent(String committed, String now) throws SampleException {
    if (!committed.isEmpty() && !now.isEmpty() && !committed.equals(now)) {
      throw SampleException.of(
          Phase.FETCH,
          RejectCode.CHANGED,
          "Cannot compare ids: the input has changed since it was tokenized (its SHA-256 is "
              + now
              + ", it was "
              + committed
              + ")");
    }
  }
}
