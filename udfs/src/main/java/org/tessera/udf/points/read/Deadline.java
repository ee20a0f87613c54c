package org.tessera.udf.points.read;

import java.time.Duration;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** The moment at which work on one sample must have ended. Immutable and thread-safe. */
public final class Deadline {
  /** No limit. */
  public static final Deadline NONE = new Deadline(Long.MAX_VALUE, System.nanoTime());

  private final long millis;
  private final long start;

  private Deadline(long millis, long start) {
    this.millis = millis;
    this.start = start;
  }

  /** A deadline this many milliseconds from now. */
  public static Deadline in(long millis) {
    return new Deadline(millis, System.nanoTime());
  }

  /**
   * Throws when the time is over. Cheap enough for every few thousand points.
   *
   * @throws SampleException with {@link RejectCode#TIMEOUT}
   */
  public void check(Phase phase) throws SampleException {
    if (millis != Long.MAX_VALUE
        && Duration.ofNanos(System.nanoTime() - start).toMillis() > millis) {
      throw SampleException.of(
          phase,
          RejectCode.TIMEOUT,
          "Cannot finish the points within "
              + millis
              + " ms (sample fewer points, or raise limits.timeoutMillis)");
    }
  }
}
