package org.tessera.pipeline.spark.api;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.tessera.model.pool.ModelLease;
import org.tessera.udf.api.BytesSample;
import org.tessera.udf.encode.EncodeOptions;
import org.tessera.udf.encode.EncodeTimes;
import org.tessera.udf.encode.SampleEncoder;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.spark.ExecutorRuntime;
import org.tessera.udf.spark.ModelSettings;

/** Tokenizes the rows of a partition, a window of them at a time, and keeps their order. */
final class TokenizeRows implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final int content;
  private final String bundle;
  private final String fingerprint;
  private final String device;

  TokenizeRows(int content, String bundle, String fingerprint, String device) {
    this.content = content;
    this.bundle = bundle;
    this.fingerprint = fingerprint;
    this.device = device;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    ExecutorRuntime runtime = ExecutorRuntime.instance(device);
    ModelLease lease =
        runtime.lease(
            bundle,
            fingerprint,
            new ModelSettings(
                device, ModelSettings.DEFAULT.trust(), ModelSettings.DEFAULT.numerics()));
    // Before the encoder's own, which must be closed first: listeners run in reverse order.
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> lease.close());
    Pending pending = new Pending(rows, content);
    SampleEncoder encoder =
        new SampleEncoder(
            pending,
            FrontEnds.of(lease.tokenizer().manifest(), Limits.DEFAULT),
            lease.tokenizer(),
            runtime.compute(),
            runtime.fetchers(),
            EncodeOptions.DEFAULT,
            new EncodeTimes());
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) context -> encoder.close());
    return new Joined(encoder, pending);
  }

  /** The samples of rows; keeps the rows until their outcomes are there. */
  private static final class Pending implements Iterator<RawSample> {
    private final Iterator<Row> rows;
    private final int content;
    private final Deque<Row> waiting = new ArrayDeque<>();
    private long number;

    Pending(Iterator<Row> rows, int content) {
      this.rows = rows;
      this.content = content;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public RawSample next() {
      Row row = rows.next();
      waiting.add(row);
      byte[] bytes = row.isNullAt(content) ? new byte[0] : (byte[]) row.get(content);
      String name = "row " + number++;
      return new BytesSample(name, name, bytes);
    }
  }

  /** Rows with the outcomes of their samples. */
  private static final class Joined implements Iterator<Row> {
    private final SampleEncoder encoder;
    private final Pending pending;
    private SampleOutcome ahead;

    Joined(SampleEncoder encoder, Pending pending) {
      this.encoder = encoder;
      this.pending = pending;
    }

    @Override
    public boolean hasNext() {
      return ahead != null || encoder.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      SampleOutcome first = ahead == null ? encoder.next() : ahead;
      ahead = null;
      List<SampleOutcome> outcomes = new ArrayList<>(List.of(first));
      while (ahead == null && encoder.hasNext()) {
        SampleOutcome next = encoder.next();
        if (next.key().uri().equals(first.key().uri())) {
          outcomes.add(next);
        } else {
          ahead = next;
        }
      }
      Row row = pending.waiting.remove();
      Object[] values = new Object[row.size() + 1];
      for (int i = 0; i < row.size(); i++) {
        values[i] = row.get(i);
      }
      values[row.size()] = Outcomes.value(outcomes);
      return RowFactory.create(values);
    }
  }
}
