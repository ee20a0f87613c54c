package org.tessera.pipeline.spark.fit;

import java.util.Objects;
import org.tessera.pipeline.fit.FitListener;

/**
 * How a fit is run; nothing here changes what is learned. Immutable.
 *
 * @param output where the bundle goes: a local path or any Hadoop URI, where nothing is yet
 * @param state the directory that keeps what has been learned so far; it is removed at the end
 * @param partitions how many tasks read and learn at once; 0 for Spark's default parallelism
 * @param device where an encoder runs: {@code auto}, {@code cpu} or {@code gpu}
 * @param listener hears how the fit goes on
 */
public record FitOptions(
    String output, String state, int partitions, String device, FitListener listener) {
  public FitOptions {
    Objects.requireNonNull(listener);
  }

  /** The state beside the output, default parallelism, any device, and nobody listening. */
  public static FitOptions to(String output) {
    return new FitOptions(output, output + ".fit", 0, "auto", FitListener.NONE);
  }

  /** The same with this many tasks at once. */
  public FitOptions withPartitions(int newPartitions) {
    return new FitOptions(output, state, newPartitions, device, listener);
  }

  /** The same with the encoder on another device. */
  public FitOptions withDevice(String newDevice) {
    return new FitOptions(output, state, partitions, newDevice, listener);
  }

  /** The same with a listener. */
  public FitOptions withListener(FitListener newListener) {
    return new FitOptions(output, state, partitions, device, newListener);
  }
}
