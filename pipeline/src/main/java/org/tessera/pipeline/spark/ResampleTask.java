package org.tessera.pipeline.spark;

import java.io.IOException;
import java.util.Arrays;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.tessera.udf.encode.SegmentCodes;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.spark.ModelSettings;

/** Encodes the segments of token rows again and counts the ids that differ. */
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
      SegmentCodes again = SegmentCodes.of(open.tokenizer(), open.original(row));
      differing = differing(committed, again, ints(row, "shape"));
    } catch (SampleException e) {
      problem = e.getMessage();
    }
    return RowFactory.create(
        row.getAs("sample_id"),
        row.getAs("uri"),
        problem == null ? (long) committed.length : 0L,
        differing,
        problem);
  }

  private static long differing(int[] committed, SegmentCodes again, int[] shape) {
    if (!Arrays.equals(shape, again.shape())) {
      return committed.length;
    }
    long differing = 0;
    for (int i = 0; i < committed.length; i++) {
      differing += committed[i] == again.ids()[i] ? 0 : 1;
    }
    return differing;
  }
}
