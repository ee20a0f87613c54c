package org.tessera.pipeline.spark.api;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.pool.ModelLease;
import org.tessera.pipeline.spark.Bundles;
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

/** {@code tessera_tokenize(bytes, 'bundle')}: the outcome of one value. Used by one task. */
final class TokenizeFunction implements UDF2<byte[], String, Row> {
  private static final long serialVersionUID = 1L;

  /** Of the bundles that this task met. */
  private transient Map<String, String> fingerprints;

  @Override
  public Row call(byte[] content, String bundle) throws IOException {
    if (content == null || bundle == null) {
      return null;
    }
    ExecutorRuntime runtime = ExecutorRuntime.instance(ModelSettings.DEFAULT.device());
    String uri = Bundles.absolute(bundle, runtime.hadoop());
    List<SampleOutcome> outcomes = new ArrayList<>();
    try (ModelLease lease = runtime.lease(uri, fingerprint(uri, runtime), ModelSettings.DEFAULT);
        SampleEncoder encoder =
            new SampleEncoder(
                List.<RawSample>of(new BytesSample("value", "value", content)).iterator(),
                FrontEnds.of(lease.tokenizer().manifest(), Limits.DEFAULT),
                lease.tokenizer(),
                runtime.compute(),
                runtime.fetchers(),
                EncodeOptions.DEFAULT,
                new EncodeTimes())) {
      encoder.forEachRemaining(outcomes::add);
    }
    return Outcomes.value(outcomes);
  }

  private String fingerprint(String uri, ExecutorRuntime runtime) throws IOException {
    if (fingerprints == null) {
      fingerprints = new HashMap<>();
    }
    String known = fingerprints.get(uri);
    if (known == null) {
      try (Bundle opened = Bundles.open(uri, runtime.hadoop())) {
        known = opened.fingerprint();
      }
      fingerprints.put(uri, known);
    }
    return known;
  }
}
