package org.tessera.model.engine;

import org.tessera.model.device.DevicePlan;

/**
 * How a model is run. Immutable and thread-safe.
 *
 * @param intraOpThreads threads that one operation may use, at least 1
 * @param interOpThreads operations of one call that may run at once, at least 1; with 1 they run in
 *     the calling thread, so that calls from several threads do not wait for each other
 * @param device the device
 */
public record EngineOptions(int intraOpThreads, int interOpThreads, DevicePlan device) {
  public EngineOptions {
    if (intraOpThreads < 1 || interOpThreads < 1) {
      throw new IllegalArgumentException(
          "Cannot run a model with "
              + intraOpThreads
              + " intra-op and "
              + interOpThreads
              + " inter-op threads (at least 1 of each)");
    }
  }

  /** One operation at a time on this many threads of the CPU. */
  public static EngineOptions threads(int intraOpThreads) {
    return new EngineOptions(intraOpThreads, 1, DevicePlan.CPU);
  }

  /** The same on another device. */
  public EngineOptions on(DevicePlan newDevice) {
    return new EngineOptions(intraOpThreads, interOpThreads, newDevice);
  }
}
