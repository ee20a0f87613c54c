package org.tessera.model.engine;

import java.util.OptionalInt;
import org.tensorflow.TensorFlow;
import org.tessera.model.device.DevicePlan;
import org.tessera.model.engine.onnx.OnnxEnvironment;
import org.tessera.model.engine.tensorflow.TensorFlowEngine;

/** Whether the engines work on this machine. Loads their natives. Thread-safe. */
public final class EngineProbe {
  private EngineProbe() {}

  /**
   * TensorFlow's version, once its natives are loaded.
   *
   * @throws LinkageError when they cannot be
   */
  public static String tensorFlow() {
    return TensorFlow.version();
  }

  /**
   * ONNX Runtime's version, once its natives are loaded.
   *
   * @throws LinkageError when they cannot be
   */
  public static String onnxRuntime() {
    return OnnxEnvironment.open().getVersion();
  }

  /**
   * Computes on a GPU with TensorFlow.
   *
   * @param index the GPU, from 0 among the visible ones
   * @return the device's name
   * @throws ModelException when it cannot be used, with TensorFlow's reason and what to do
   */
  public static String tensorFlowGpu(int index) {
    DevicePlan plan =
        new DevicePlan(OptionalInt.of(index), java.util.OptionalDouble.empty(), "doctor tries it");
    return TensorFlowEngine.tryDevice(plan);
  }
}
