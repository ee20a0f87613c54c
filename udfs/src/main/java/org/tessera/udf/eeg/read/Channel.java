package org.tessera.udf.eeg.read;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.tessera.udf.sample.SampleException;

/**
 * One channel of a recording.
 *
 * @param name its name in the file; names that occur twice carry a running number, as in MNE
 * @param kind what it measures
 * @param rate samples per second
 * @param unit the unit of the values that are read: {@code V}, {@code T}, {@code T/m}, or the
 *     file's own text for other quantities
 * @param sensor position x, y, z in metres (head frame) and direction x, y, z; NaN where unknown,
 *     direction 0 for electrodes
 * @param bad whether the file marks it as bad
 * @param fault why its values cannot be read; thrown when the channel is taken
 */
public record Channel(
    String name,
    ChannelKind kind,
    double rate,
    String unit,
    List<Double> sensor,
    boolean bad,
    Optional<SampleException> fault) {
  /** The sensor of a channel whose place is not known. */
  public static final List<Double> NOWHERE =
      Collections.unmodifiableList(Collections.nCopies(6, Double.NaN));

  public Channel {
    sensor = List.copyOf(sensor);
    if (sensor.size() != 6) {
      throw new IllegalArgumentException(
          "Cannot use a sensor of " + sensor.size() + " numbers (give x, y, z and a direction)");
    }
  }

  /** A good channel of a known rate at an unknown place. */
  public static Channel of(String name, ChannelKind kind, double rate, String unit) {
    return new Channel(name, kind, rate, unit, NOWHERE, false, Optional.empty());
  }

  /** The same channel under another name. */
  public Channel named(String other) {
    return new Channel(other, kind, rate, unit, sensor, bad, fault);
  }

  /** The same channel, no longer bad. */
  public Channel repaired() {
    return new Channel(name, kind, rate, unit, sensor, false, fault);
  }

  /** The same channel at another rate. */
  public Channel at(double otherRate) {
    return new Channel(name, kind, otherRate, unit, sensor, bad, fault);
  }
}
