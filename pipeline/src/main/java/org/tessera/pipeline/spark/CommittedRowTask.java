package org.tessera.pipeline.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.tessera.model.pool.ModelLease;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions.Numerics;
import org.tessera.model.tokenizer.TokenizerOptions.Trust;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.pipeline.read.OpenSegments;
import org.tessera.pipeline.read.SampleReader;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.spark.ExecutorRuntime;
import org.tessera.udf.spark.ModelSettings;

/**
 * A task on committed token rows, which has their tokenizer and reads what they were made from.
 * Columns: member, segment, channel and input, besides those that {@link #map} takes.
 */
abstract class CommittedRowTask implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;
  private static final long HEAP_BYTES = 64L << 20;

  private final String bundle;
  private final String identity;
  private final String device;
  private final String trust;
  private final String numerics;

  CommittedRowTask(String bundle, String identity, ModelSettings model) {
    this.bundle = bundle;
    this.identity = identity;
    this.device = model.device();
    this.trust = model.trust().name();
    this.numerics = model.numerics().name();
  }

  /** What is open while the task runs; closed when it ends. */
  record Open(Tokenizer tokenizer, OpenSegments originals, Configuration configuration) {
    /** The segment that a row's tokens were made from. */
    Segment original(Row row) throws SampleException, IOException {
      return originals.find(
          PlannedInput.fromJson(row.getAs("input")),
          row.getAs("member"),
          row.<Integer>getAs("segment"),
          row.<Integer>getAs("channel"));
    }
  }

  /** What becomes of one row. */
  abstract Row map(Row row, Open open) throws IOException;

  final String identity() {
    return identity;
  }

  @Override
  public final Iterator<Row> call(Iterator<Row> rows) throws IOException {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    Open open = open();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        try {
          return map(rows.next(), open);
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot use a token row: " + e.getMessage(), e);
        }
      }
    };
  }

  /** How the models are run. */
  final ModelSettings settings() {
    return new ModelSettings(device, Trust.valueOf(trust), Numerics.valueOf(numerics));
  }

  private Open open() {
    Configuration configuration = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
    ModelLease lease = ExecutorRuntime.instance(device).lease(bundle, identity, settings());
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> lease.close());
    Tokenizer tokenizer = lease.tokenizer();
    OpenSegments originals =
        new OpenSegments(
            new SampleReader(
                new ObjectReader(configuration, Limits.DEFAULT.bytes(), HEAP_BYTES),
                tokenizer.manifest().modality(),
                Limits.DEFAULT),
            FrontEnds.of(tokenizer.manifest(), Limits.DEFAULT));
    // Listeners run last first: the files are closed before the model is given back.
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> originals.close());
    return new Open(tokenizer, originals, configuration);
  }

  static int[] ints(Row row, String column) {
    return row.<Integer>getList(row.fieldIndex(column)).stream()
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
