package org.tessera.jobs.command;

import java.util.List;
import org.tessera.model.device.DeviceRequest;
import org.tessera.model.engine.ModelException;
import org.tessera.model.tokenizer.TokenizerOptions.Numerics;
import org.tessera.model.tokenizer.TokenizerOptions.Trust;
import org.tessera.udf.spark.ModelSettings;
import picocli.CommandLine.Option;

/** How a model is run. */
final class ModelOptions {
  @Option(
      names = "--device",
      paramLabel = "D",
      defaultValue = "auto",
      description =
          "auto, cpu, gpu or gpu:N (default: ${DEFAULT-VALUE}); a wanted GPU must be there.")
  private String device;

  @Option(
      names = "--trust",
      description = "Load the bundle's models without judging what their graphs may do.")
  private boolean trust;

  @Option(
      names = "--deterministic",
      description = "Run samples one by one: ids never depend on the batch; slower.")
  private boolean deterministic;

  /** Adds what is wrong with these options. */
  void check(List<String> problems) {
    try {
      DeviceRequest.parse(device);
    } catch (ModelException e) {
      problems.add("--device: " + e.getMessage());
    }
  }

  ModelSettings settings() {
    return new ModelSettings(
        device,
        trust ? Trust.TRUSTED : Trust.CHECKED,
        deterministic ? Numerics.EXACT : Numerics.BATCHED);
  }
}
