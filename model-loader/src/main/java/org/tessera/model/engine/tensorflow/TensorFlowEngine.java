package org.tessera.model.engine.tensorflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.tensorflow.SavedModelBundle;
import org.tessera.model.bundle.Randomness;
import org.tessera.model.device.DevicePlan;
import org.tessera.model.engine.Engine;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.engine.Finding;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;

/**
 * Loads TensorFlow SavedModels with the tag {@code serve}. Models made of constants have no {@code
 * variables/} folder; that is fine.
 *
 * <p>TensorFlow has one pool of intra-op threads in a process: the first model's options set its
 * size.
 */
public final class TensorFlowEngine implements Engine {
  @Override
  public String name() {
    return "tensorflow";
  }

  @Override
  public boolean recognizes(Path model) {
    return Files.isRegularFile(model.resolve("saved_model.pb"));
  }

  @Override
  public List<Finding> scan(Path model, Set<String> encoders, Randomness randomness) {
    return SavedModelScan.scan(model, encoders, randomness);
  }

  @Override
  public ModelSession load(Path model, Set<String> signatures, EngineOptions options) {
    if (!Files.isRegularFile(model.resolve("saved_model.pb"))) {
      throw new ModelException(
          "Cannot load SavedModel "
              + model
              + ": it has no saved_model.pb (name the directory that tf.saved_model.save wrote)");
    }
    String device = TensorFlowDevices.require(options);
    SavedModelBundle bundle;
    try {
      bundle =
          SavedModelBundle.loader(model.toString())
              .withTags(tags(model).toArray(String[]::new))
              .withConfigProto(TensorFlowDevices.config(options))
              .load();
    } catch (RuntimeException e) {
      throw new ModelException("Cannot load SavedModel " + model + ": " + e.getMessage(), e);
    }
    try {
      TensorFlowSession session = TensorFlowSession.of(bundle, "SavedModel " + model, device);
      signatures.forEach(session::signature);
      return session;
    } catch (RuntimeException e) {
      bundle.close();
      throw e;
    }
  }

  private static Set<String> tags(Path model) {
    try {
      // Read as the scan reads it, which judges the graph that is chosen.
      List<Set<String>> graphs = ServedGraph.tags(ServedGraph.read(model));
      return ServedGraph.choose(graphs)
          .orElseThrow(() -> new IllegalArgumentException(ServedGraph.problem(graphs)));
    } catch (IOException e) {
      throw new UncheckedIOException("saved_model.pb cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Computes on a device.
   *
   * @return the device's name
   * @throws ModelException when TensorFlow cannot use it, with its reason and what to do
   */
  public static String tryDevice(DevicePlan device) {
    return TensorFlowDevices.require(new EngineOptions(1, 1, device));
  }

  /**
   * A session over an empty graph, for operations that follow a model of another engine.
   *
   * @param name how to call it in messages
   */
  public static GraphSession empty(String name, EngineOptions options) {
    return TensorFlowSession.empty(name, options);
  }
}
