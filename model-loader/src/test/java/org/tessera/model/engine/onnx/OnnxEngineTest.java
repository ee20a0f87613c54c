package org.tessera.model.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tessera.model.device.DevicePlan;
import org.tessera.model.device.DeviceRequest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.Engine;
import org.tessera.model.engine.EngineContract;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.engine.Engines;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.NativeTensor;

class OnnxEngineTest extends EngineContract {
  @Override
  protected Engine engine() {
    return Engines.of("onnx");
  }

  @Override
  protected Path vectorQuantizer() throws Exception {
    return resource("vector_quantizer.onnx");
  }

  @Override
  protected Path increments() throws Exception {
    return resource("increments.onnx");
  }

  private Path resource(String name) throws Exception {
    return Path.of(OnnxEngineTest.class.getResource(name).toURI());
  }

  @Override
  protected String signature() {
    return "serving_default";
  }

  @Test
  void takesTensorNamesWithColons() throws Exception {
    try (ModelSession session =
            engine().load(resource("features.onnx"), Set.of(), EngineOptions.threads(1));
        NativeTensor features = session.allocate(ElementType.FLOAT32, 1, 4, 1, 2)) {
      features.write(0, new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 0, 8);
      Map<String, NativeTensor> results =
          session.run("any", Map.of("serving_default_features:0", features));
      float[] values = new float[8];
      results.get("PartitionedCall:0").read(0, values, 0, 8);
      assertThat(values).containsExactly(0, 2, 4, 6, 8, 10, 12, 14);
      results.values().forEach(NativeTensor::close);
    }
  }

  @Test
  void refusesADamagedModel() throws Exception {
    Path damaged = temporary.resolve("damaged.onnx");
    Files.write(damaged, java.util.Arrays.copyOf(Files.readAllBytes(vectorQuantizer()), 100));
    assertThatThrownBy(() -> engine().load(damaged, Set.of(), EngineOptions.threads(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Cannot load ONNX model " + damaged);
  }

  /** The CPU build is on the class path, as in the default build. */
  @Test
  void failsLoudlyWithoutTheCudaProvider() {
    DevicePlan gpu = DevicePlan.of(DeviceRequest.parse("gpu"), List.of("0"), Map.of());
    assertThatThrownBy(
            () -> engine().load(vectorQuantizer(), Set.of(), EngineOptions.threads(1).on(gpu)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Cannot use GPU 0 (the cluster assigned GPU 0) for an ONNX model:")
        .hasMessageContaining("onnxruntime_gpu");
  }
}
