package org.tessera.pipeline.spark.fit;

import java.util.Objects;
import org.tessera.pipeline.fit.FitListener;

/**
 * How a fit is run; nothing here changes what is learned. Immutable.
 *
 * @param output where the bundle goes: a local path or any Hadoop URI, where nothing is yet
 * @param state the directory that keeps what has been learned so far; it is removed at the end
 * @param partitions how many tasks read and learn at once; 0 for Spark's default parallelism
 * @param driverBytes vectors of up to so many bytes are learned from in the driver, without a Spark
 *     job a pass; while they are fetched it may hold them four times. 0 leaves them where they are,
 *     {@link #AUTO} suits the driver's heap and cores
 * @param device where an encoder runs: {@code auto}, {@code cpu} or {@code gpu}
 * @param listener hears how the fit goes on
 */
public record FitOptions(
    String output,
    String state,
    int partitions,
    long driverBytes,
    String device,
    FitListener listener) {
  /** An eighth of the driver's heap, 256 MB at most, where it has all of Spark's cores. */
  public static final long AUTO = -1;

  private static final long MOST_DRIVER_BYTES = 256L << 20;

  public FitOptions {
    Objects.requireNonNull(listener);
  }

  /** The state beside the output, default parallelism, any device, and nobody listening. */
  public static FitOptions to(String output) {
    return new FitOptions(output, output + ".fit", 0, AUTO, "auto", FitListener.NONE);
  }

  /** The same with this many tasks at once. */
  public FitOptions withPartitions(int newPartitions) {
    return new FitOptions(output, state, newPartitions, driverBytes, device, listener);
  }

  /** The same with vectors of up to so many bytes in the driver. */
  public FitOptions withDriverBytes(long newDriverBytes) {
    return new FitOptions(output, state, partitions, newDriverBytes, device, listener);
  }

  /** The same with the encoder on another device. */
  public FitOptions withDevice(String newDevice) {
    return new FitOptions(output, state, partitions, driverBytes, newDevice, listener);
  }

  /** The same with a listener. */
  public FitOptions withListener(FitListener newListener) {
    return new FitOptions(output, state, partitions, driverBytes, device, newListener);
  }

  /** {@link #driverBytes}, what {@link #AUTO} means on this driver included. */
  long driverBytes(int parallelism) {
    if (driverBytes != AUTO) {
      return driverBytes;
    }
    // On a cluster there is more to gain from its cores than to lose by a job a pass.
    Runtime driver = Runtime.getRuntime();
    return driver.availableProcessors() < parallelism
        ? 0
        : Math.min(MOST_DRIVER_BYTES, driver.maxMemory() / 8);
  }
}
