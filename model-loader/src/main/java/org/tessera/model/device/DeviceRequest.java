package org.tessera.model.device;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.tessera.model.engine.ModelException;

/**
 * What a user asked for. Immutable and thread-safe.
 *
 * @param kind which device
 * @param index the GPU, when one was named ({@code gpu:1}); empty to take the one that the cluster
 *     assigned
 * @param memoryFraction the fraction of the GPU's memory to take at once, in (0, 1]; empty to grow
 *     as needed, which leaves room for others (RAPIDS)
 */
public record DeviceRequest(Kind kind, OptionalInt index, OptionalDouble memoryFraction) {
  /** The CPU. */
  public static final DeviceRequest CPU =
      new DeviceRequest(Kind.CPU, OptionalInt.empty(), OptionalDouble.empty());

  /** A GPU where the cluster assigned one, else the CPU. */
  public static final DeviceRequest AUTO =
      new DeviceRequest(Kind.AUTO, OptionalInt.empty(), OptionalDouble.empty());

  /** Which device. */
  public enum Kind {
    AUTO,
    CPU,
    GPU
  }

  public DeviceRequest {
    double fraction = memoryFraction.orElse(1);
    if (!(fraction > 0 && fraction <= 1)) {
      throw new ModelException(
          "Cannot use GPU memory fraction: " + fraction + " (give more than 0 and at most 1)");
    }
  }

  /**
   * Reads {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}.
   *
   * @throws ModelException for anything else
   */
  public static DeviceRequest parse(String text) {
    return switch (text) {
      case "auto" -> AUTO;
      case "cpu" -> CPU;
      case "gpu" -> new DeviceRequest(Kind.GPU, OptionalInt.empty(), OptionalDouble.empty());
      default -> {
        if (!text.matches("gpu:[0-9]{1,3}")) {
          throw new ModelException(
              "Cannot use device: " + text + " (choose auto, cpu, gpu or gpu:N, e.g. gpu:0)");
        }
        int index = Integer.parseInt(text.substring(4));
        yield new DeviceRequest(Kind.GPU, OptionalInt.of(index), OptionalDouble.empty());
      }
    };
  }

  /** The same with a fixed share of the GPU's memory. */
  public DeviceRequest withMemoryFraction(double fraction) {
    return new DeviceRequest(kind, index, OptionalDouble.of(fraction));
  }
}
