package org.tessera.udf.spark;

import java.util.OptionalInt;
import org.tessera.model.device.DevicePlan;
import org.tessera.model.device.DeviceRequest;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.TokenizerOptions.Numerics;
import org.tessera.model.tokenizer.TokenizerOptions.Trust;

/**
 * How a model is run, as a user says it. Immutable; not for executors, which get its parts as text.
 *
 * @param device {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}
 * @param trust whether the model is judged before it is loaded
 * @param numerics whether samples of a batch are computed together
 */
public record ModelSettings(String device, Trust trust, Numerics numerics) {
  /** Whatever device there is, a judged model, whole batches. */
  public static final ModelSettings DEFAULT =
      new ModelSettings("auto", Trust.CHECKED, Numerics.BATCHED);

  /** A model on the CPU. */
  public static final ModelSettings CPU = new ModelSettings("cpu", Trust.CHECKED, Numerics.BATCHED);

  /**
   * Settings.
   *
   * @throws org.tessera.model.engine.ModelException when there is no such device
   */
  public ModelSettings {
    DeviceRequest.parse(device);
  }

  /** The options of one model call on one thread of a planned device. */
  TokenizerOptions options(DevicePlan plan, OptionalInt keep) {
    return new TokenizerOptions(new EngineOptions(1, 1, plan), keep, trust, numerics);
  }
}
