package org.tessera.pipeline.spark.fit;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.pool.ModelLease;
import org.tessera.model.tokenizer.Latents;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions.Numerics;
import org.tessera.model.tokenizer.TokenizerOptions.Trust;
import org.tessera.pipeline.fit.TrainingSource;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.spark.ExecutorRuntime;
import org.tessera.udf.spark.ModelSettings;

/**
 * The latents of another source's samples. Each sample goes through the encoder alone, so its
 * latents do not depend on its neighbours.
 */
final class EncodedSource implements TrainingSource {
  private static final long serialVersionUID = 1L;

  private final TrainingSource source;
  private final String bundle;
  private final String fingerprint;
  private final String device;

  /**
   * A source.
   *
   * @param bundle the encoder's bundle, a URI that means the same on every node
   * @param device {@code auto}, {@code cpu} or {@code gpu}
   */
  EncodedSource(TrainingSource source, String bundle, String fingerprint, String device) {
    this.source = source;
    this.bundle = bundle;
    this.fingerprint = fingerprint;
    this.device = device;
  }

  @Override
  public Samples open(String input) throws IOException {
    Samples samples = source.open(input);
    return new Samples() {
      /** From the first sample on. */
      private ModelLease lease;

      @Override
      public Sample next() throws SampleException, IOException {
        Sample sample = samples.next();
        if (sample != null && lease == null) {
          lease = lease();
        }
        return sample == null ? null : encoded(lease.tokenizer(), sample);
      }

      @Override
      public void close() {
        try (ModelLease held = lease) {
          samples.close();
        }
      }
    };
  }

  private ModelLease lease() throws IOException {
    return ExecutorRuntime.instance(device)
        .lease(bundle, fingerprint, new ModelSettings(device, Trust.CHECKED, Numerics.BATCHED));
  }

  private static Sample encoded(Tokenizer tokenizer, Sample sample) {
    Map<String, NativeTensor> tensors = new HashMap<>();
    try {
      sample
          .inputs()
          .forEach((role, features) -> tensors.put(role, tensor(tokenizer, role, features)));
      Latents latents = tokenizer.latents(tensors);
      return new Sample(sample.id(), new FloatFeatures(latents.values(), latents.shape()));
    } finally {
      tensors.values().forEach(NativeTensor::close);
    }
  }

  private static NativeTensor tensor(Tokenizer tokenizer, String role, Features features) {
    int[] shape = features.shape();
    long[] extents = new long[shape.length + 1];
    extents[0] = 1;
    for (int i = 0; i < shape.length; i++) {
      extents[i + 1] = shape[i];
    }
    NativeTensor tensor = tokenizer.allocate(role, features.type(), extents);
    try {
      features.writeTo(tensor, 0);
      return tensor;
    } catch (RuntimeException e) {
      tensor.close();
      throw e;
    }
  }
}
