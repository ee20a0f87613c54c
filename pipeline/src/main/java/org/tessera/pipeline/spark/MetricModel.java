package org.tessera.pipeline.spark;

import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.pool.ModelLease;
import org.tessera.model.tokenizer.Latents;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.udf.encode.SegmentCodes;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.spark.ExecutorRuntime;
import org.tessera.udf.spark.ModelSettings;

/**
 * A user's model that says what of a signal matters: its front-end reads a file and its vectors,
 * averaged over their positions and the file's segments, are the file's features. Used by one task,
 * which closes it by ending.
 */
final class MetricModel {
  private final Tokenizer tokenizer;
  private final FrontEnd frontEnd;

  private MetricModel(Tokenizer tokenizer, FrontEnd frontEnd) {
    this.tokenizer = tokenizer;
    this.frontEnd = frontEnd;
  }

  /** Opens a bundle for the task that runs. */
  static MetricModel open(String bundle, String fingerprint, ModelSettings settings) {
    ModelLease lease =
        ExecutorRuntime.instance(settings.device()).lease(bundle, fingerprint, settings);
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> lease.close());
    Tokenizer tokenizer = lease.tokenizer();
    return new MetricModel(tokenizer, FrontEnds.of(tokenizer.manifest(), Limits.DEFAULT));
  }

  /**
   * The features of a file.
   *
   * @throws SampleException when the front-end cannot make model input of it
   */
  float[] features(String name, byte[] file) throws SampleException {
    double[] sums = null;
    long vectors = 0;
    try (Segments segments = frontEnd.open(SampleInput.of(name, file))) {
      for (Segment segment = segments.next(); segment != null; segment = segments.next()) {
        Latents latents = latents(segment);
        int dimension = latents.shape()[latents.shape().length - 1];
        sums = sums == null ? new double[dimension] : sums;
        for (int i = 0; i < latents.values().length; i++) {
          sums[i % dimension] += latents.values()[i];
        }
        vectors += latents.values().length / dimension;
      }
    }
    if (sums != null && vectors == 0) {
      throw SampleException.of(
          Phase.ENCODE,
          RejectCode.NO_TOKENS,
          "Cannot take features of " + name + ": the metric model keeps none of its positions");
    }
    float[] features = new float[sums == null ? 0 : sums.length];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) (sums[i] / vectors);
    }
    return features;
  }

  private Latents latents(Segment segment) {
    Map<String, NativeTensor> inputs = SegmentCodes.tensors(tokenizer, List.of(segment));
    try {
      return tokenizer.features(inputs);
    } finally {
      inputs.values().forEach(NativeTensor::close);
    }
  }
}
