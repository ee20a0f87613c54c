package org.tessera.pipeline.bench;

import java.lang.management.ManagementFactory;

/** Measures time on the wall and of all processors that this process used. Used by one thread. */
public final class Stopwatch {
  private final long wallNanos = System.nanoTime();
  private final long cpuNanos = cpuNanos();

  /** Seconds since it was made. */
  public double seconds() {
    return (System.nanoTime() - wallNanos) / 1e9;
  }

  /** Processor seconds of this whole process since it was made. */
  public double cpuSeconds() {
    return (cpuNanos() - cpuNanos) / 1e9;
  }

  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }
}
