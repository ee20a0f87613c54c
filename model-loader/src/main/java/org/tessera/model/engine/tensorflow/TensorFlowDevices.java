package org.tessera.model.engine.tensorflow;

import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tessera.model.device.DevicePlan;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.engine.ModelException;

/** TensorFlow's settings for a device. They must be there when the first session is made. */
final class TensorFlowDevices {
  /** Operations run in the calling thread. */
  private static final int CALLING_THREAD = -1;

  private TensorFlowDevices() {}

  /**
   * The session settings of some options.
   *
   * <p>A model on the CPU sees no GPU at all. On a GPU, operations that have no GPU kernel may fall
   * back to the CPU; that the GPU is there is checked by {@link #require}.
   */
  static ConfigProto config(EngineOptions options) {
    int interOpThreads = options.interOpThreads();
    ConfigProto.Builder config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(options.intraOpThreads())
            .setInterOpParallelismThreads(interOpThreads == 1 ? CALLING_THREAD : interOpThreads)
            .setAllowSoftPlacement(true);
    DevicePlan device = options.device();
    if (!device.onGpu()) {
      return config.putDeviceCount("GPU", 0).build();
    }
    GPUOptions.Builder gpu =
        GPUOptions.newBuilder().setVisibleDeviceList(String.valueOf(device.gpu().getAsInt()));
    if (device.memoryFraction().isPresent()) {
      gpu.setPerProcessGpuMemoryFraction(device.memoryFraction().getAsDouble());
    } else {
      gpu.setAllowGrowth(true);
    }
    return config.setGpuOptions(gpu).build();
  }

  /**
   * The name of the planned device, after an operation ran on it where it is a GPU.
   *
   * @throws ModelException when TensorFlow cannot use the planned GPU, with its reason
   */
  static String require(EngineOptions options) {
    if (!options.device().onGpu()) {
      return "CPU:0";
    }
    ConfigProto strict = config(options).toBuilder().setAllowSoftPlacement(false).build();
    try (Graph graph = new Graph();
        Session session = new Session(graph, strict)) {
      Ops gpu =
          Ops.create(graph)
              .withDevice(
                  DeviceSpec.newBuilder()
                      .deviceType(DeviceSpec.DeviceType.GPU)
                      .deviceIndex(0)
                      .build());
      try (Result result =
          session.runner().fetch(gpu.math.add(gpu.constant(1f), gpu.constant(1f))).run()) {
        return "GPU:" + options.device().gpu().getAsInt();
      }
    } catch (RuntimeException e) {
      throw new ModelException(
          "Cannot use GPU "
              + options.device().gpu().getAsInt()
              + " ("
              + options.device().reason()
              + "): "
              + e.getMessage()
              + " (the default build has no GPU kernels: build with -Pgpu and check the driver, or"
              + " use --device cpu)",
          e);
    }
  }
}
