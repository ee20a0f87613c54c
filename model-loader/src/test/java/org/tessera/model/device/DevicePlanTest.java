package org.tessera.model.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.model.engine.ModelException;

class DevicePlanTest {
  private static final DeviceRequest GPU = DeviceRequest.parse("gpu");

  /** Request, addresses, CUDA_VISIBLE_DEVICES, expected index (-1 for the CPU). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "cpu   | 0;1     | -       | -1",
        "auto  | -       | -       | -1",
        "auto  | 3       | -       | 3",
        "gpu   | 2;5     | -       | 2",
        "gpu:4 | -       | -       | 4",
        "gpu:1 | 0       | -       | 1",
        // The process sees two devices, which CUDA numbers from 0.
        "gpu   | 5       | 3,5     | 1",
        "gpu   | 1       | 3,5     | 1",
        "gpu   | GPU-8a1 | GPU-8a1 | 0",
        "gpu:0 | -       | 7       | 0",
      })
  void choosesTheGpu(String request, String addresses, String visible, int index) {
    DevicePlan plan =
        DevicePlan.of(
            DeviceRequest.parse(request),
            addresses == null ? List.of() : List.of(addresses.split(";")),
            visible == null ? Map.of() : Map.of("CUDA_VISIBLE_DEVICES", visible));
    assertThat(plan.gpu()).isEqualTo(index < 0 ? OptionalInt.empty() : OptionalInt.of(index));
    assertThat(plan.reason()).isNotBlank();
  }

  @Test
  void saysWhyThereIsNoGpu() {
    assertThatThrownBy(() -> DevicePlan.of(GPU, List.of(), Map.of()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("the cluster assigned none to this task")
        .hasMessageContaining("--device cpu");
    assertThatThrownBy(
            () -> DevicePlan.of(GPU, List.of("4"), Map.of("CUDA_VISIBLE_DEVICES", "0,1")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Cannot use GPU 4: CUDA_VISIBLE_DEVICES=0,1 shows this process 2");
    assertThatThrownBy(() -> DevicePlan.of(GPU, List.of("0"), Map.of("CUDA_VISIBLE_DEVICES", "-1")))
        .hasMessageContaining("shows this process 0");
    assertThatThrownBy(() -> DevicePlan.of(GPU, List.of("GPU-8a1"), Map.of()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("it is no index and CUDA_VISIBLE_DEVICES is not set");
  }

  @Test
  void refusesWhatIsNoDevice() {
    assertThatThrownBy(() -> DeviceRequest.parse("cuda"))
        .isInstanceOf(ModelException.class)
        .hasMessage("Cannot use device: cuda (choose auto, cpu, gpu or gpu:N, e.g. gpu:0)");
    assertThatThrownBy(() -> GPU.withMemoryFraction(0))
        .hasMessage("Cannot use GPU memory fraction: 0.0 (give more than 0 and at most 1)");
  }
}
