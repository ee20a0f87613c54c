package org.tessera.model.device;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.tessera.model.engine.ModelException;

/**
 * The device that a JVM's models run on. Immutable and thread-safe. Not yet run on a GPU.
 *
 * @param gpu the GPU's index among those that this process can see; empty for the CPU
 * @param memoryFraction the fraction of its memory to take at once; empty to grow as needed
 * @param reason why this device, for the run's record
 */
public record DevicePlan(OptionalInt gpu, OptionalDouble memoryFraction, String reason) {
  /** The CPU because nothing else was asked for. */
  public static final DevicePlan CPU = cpu("the CPU was asked for");

  private static DevicePlan cpu(String reason) {
    return new DevicePlan(OptionalInt.empty(), OptionalDouble.empty(), reason);
  }

  /**
   * Plans the device.
   *
   * <p>A cluster's addresses are those of the machine. CUDA numbers the devices that {@code
   * CUDA_VISIBLE_DEVICES} names from 0: when that is set, an address becomes its position there; an
   * address that is not named there is taken as a position (containers renumber).
   *
   * @param addresses the GPU addresses that the cluster assigned to this JVM, e.g. the resource
   *     {@code gpu} of Spark's task context; indices or ids
   * @param environment the process's environment
   * @throws ModelException when a GPU was asked for and there is none, with the reason
   */
  public static DevicePlan of(
      DeviceRequest request, List<String> addresses, Map<String, String> environment) {
    if (request.kind() == DeviceRequest.Kind.CPU) {
      return CPU;
    }
    String visible = environment.get("CUDA_VISIBLE_DEVICES");
    boolean named = request.index().isPresent();
    if (!named && addresses.isEmpty()) {
      if (request.kind() == DeviceRequest.Kind.AUTO) {
        return cpu("the cluster assigned no GPU");
      }
      throw new ModelException(
          "Cannot use a GPU: the cluster assigned none to this task (set"
              + " spark.executor.resource.gpu.amount and spark.task.resource.gpu.amount, name one"
              + " with --device gpu:0, or use --device cpu)");
    }
    String address = named ? String.valueOf(request.index().getAsInt()) : addresses.get(0);
    int index = named ? request.index().getAsInt() : index(address, visible);
    int count = visible == null ? Integer.MAX_VALUE : split(visible).size();
    if (index >= count) {
      throw new ModelException(
          "Cannot use GPU "
              + address
              + ": CUDA_VISIBLE_DEVICES="
              + visible
              + " shows this process "
              + count
              + " (unset it, or use --device cpu)");
    }
    String reason =
        (named ? "GPU " + address + " was asked for" : "the cluster assigned GPU " + address)
            + (visible == null ? "" : ", CUDA_VISIBLE_DEVICES=" + visible);
    return new DevicePlan(OptionalInt.of(index), request.memoryFraction(), reason);
  }

  private static int index(String address, String visible) {
    if (visible != null) {
      int position = split(visible).indexOf(address);
      if (position >= 0) {
        return position;
      }
    }
    if (address.matches("[0-9]{1,3}")) {
      return Integer.parseInt(address);
    }
    throw new ModelException(
        "Cannot use GPU "
            + address
            + ": it is no index and CUDA_VISIBLE_DEVICES"
            + (visible == null ? " is not set" : "=" + visible + " does not name it")
            + " (let the discovery script print indices, or use --device cpu)");
  }

  private static List<String> split(String visible) {
    return Arrays.stream(visible.split(",", -1))
        .map(String::strip)
        .takeWhile(device -> !device.isEmpty() && !device.equals("-1"))
        .toList();
  }

  /** Whether a GPU is meant. */
  public boolean onGpu() {
    return gpu.isPresent();
  }
}
