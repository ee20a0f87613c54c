package org.tessera.pipeline.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.tessera.model.pool.ModelLease;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions.Numerics;
import org.tessera.model.tokenizer.TokenizerOptions.Trust;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.pipeline.read.OpenSegments;
import org.tessera.pipeline.read.SampleReader;
import org.tessera.udf.encode.SegmentCodes;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.spark.ExecutorRuntime;
import org.tessera.udf.spark.ModelSettings;

/** Encodes the segments of token rows again and counts the ids that differ. */
final class ResampleTask implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final String bundle;
  private final String identity;
  private final String device;
  private final String trust;
  private final String numerics;

  ResampleTask(String bundle, String identity, ModelSettings model) {
    this.bundle = bundle;
    this.identity = identity;
    this.device = model.device();
    this.trust = model.trust().name();
    this.numerics = model.numerics().name();
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    if (!rows.hasNext()) {
      return rows;
    }
    Configuration configuration = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
    ModelSettings settings =
        new ModelSettings(device, Trust.valueOf(trust), Numerics.valueOf(numerics));
    ModelLease lease = ExecutorRuntime.instance(device).lease(bundle, identity, settings);
    Tokenizer tokenizer = lease.tokenizer();
    OpenSegments originals =
        new OpenSegments(
            new SampleReader(
                new ObjectReader(configuration, Limits.DEFAULT.bytes(), 64L << 20),
                tokenizer.manifest().modality(),
                Limits.DEFAULT),
            FrontEnds.of(tokenizer.manifest(), Limits.DEFAULT));
    org.apache.spark.TaskContext.get()
        .addTaskCompletionListener(
            (org.apache.spark.util.TaskCompletionListener)
                context -> {
                  originals.close();
                  lease.close();
                });
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        try {
          return compare(rows.next(), tokenizer, originals);
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot encode again: " + e.getMessage(), e);
        }
      }
    };
  }

  private static Row compare(Row row, Tokenizer tokenizer, OpenSegments originals)
      throws IOException {
    int[] committed = ints(row, "tokens");
    String problem = null;
    long differing = 0;
    try {
      Segment segment =
          originals.find(
              PlannedInput.fromJson(row.getAs("input")),
              row.getAs("member"),
              row.<Integer>getAs("segment"),
              row.<Integer>getAs("channel"));
      SegmentCodes again = SegmentCodes.of(tokenizer, segment);
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

  private static int[] ints(Row row, String column) {
    return row.<Integer>getList(row.fieldIndex(column)).stream()
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
