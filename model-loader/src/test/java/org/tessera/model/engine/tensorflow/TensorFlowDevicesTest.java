package org.tessera.model.engine.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.ConfigProto;
import org.tessera.model.device.DevicePlan;
import org.tessera.model.device.DeviceRequest;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.engine.ModelException;

class TensorFlowDevicesTest {
  private static EngineOptions gpu(DeviceRequest request) {
    return EngineOptions.threads(2).on(DevicePlan.of(request, List.of("3"), Map.of()));
  }

  @Test
  void hidesEveryGpuFromAModelOnTheCpu() {
    ConfigProto config = TensorFlowDevices.config(EngineOptions.threads(2));
    assertThat(config.getDeviceCountMap()).containsEntry("GPU", 0);
    assertThat(config.getIntraOpParallelismThreads()).isEqualTo(2);
    assertThat(config.getInterOpParallelismThreads()).isEqualTo(-1);
  }

  @Test
  void showsOneGpuThatGrowsOrTakesItsShare() {
    ConfigProto grows = TensorFlowDevices.config(gpu(DeviceRequest.parse("gpu")));
    assertThat(grows.getGpuOptions().getVisibleDeviceList()).isEqualTo("3");
    assertThat(grows.getGpuOptions().getAllowGrowth()).isTrue();
    ConfigProto takes =
        TensorFlowDevices.config(gpu(DeviceRequest.parse("gpu").withMemoryFraction(.4)));
    assertThat(takes.getGpuOptions().getPerProcessGpuMemoryFraction()).isEqualTo(.4);
    assertThat(takes.getGpuOptions().getAllowGrowth()).isFalse();
  }

  /** Runs where there is no GPU, as in the default build. */
  @Test
  void failsLoudlyWhereThereIsNoGpu() {
    org.junit.jupiter.api.Assumptions.assumeFalse(
        java.nio.file.Files.exists(java.nio.file.Path.of("/dev/nvidia0")));
    EngineOptions options = gpu(DeviceRequest.parse("gpu"));
    assertThatThrownBy(() -> TensorFlowDevices.require(options))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("Cannot use GPU 3 (the cluster assigned GPU 3): ")
        .hasMessageContaining("--device cpu");
    assertThat(TensorFlowDevices.require(EngineOptions.threads(1))).isEqualTo("CPU:0");
  }
}
