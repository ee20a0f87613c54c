package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** The time that one call into a decoder may take; every call starts anew. Not thread-safe. */
final class Deadline {
  private final long limitMillis;
  private long end;

  Deadline(long limitMillis) {
    this.limitMillis = limitMillis;
    restart();
  }

  void restart() {
    end = System.nanoTime() + limitMillis * 1_000_000;
  }

  void check() throws SampleException {
    if (System.nanoTime() - end > 0) {
      throw SampleException.of(
          Phase.DECODE,
          RejectCode.TIMEOUT,
          "Cannot decode audio within " + limitMillis + " ms (raise limits.timeoutMillis)");
    }
  }
}
