package org.tessera.udf.encode;

/**
 * How many files a task reads ahead, by what the storage takes for one: many at once where it takes
 * long, to hide that; from a local disk just what keeps the compute threads busy, since bytes that
 * lie waiting fall out of the processor's cache, and several in a row by one thread, since waking a
 * thread for each costs more than the reading. Thread-safe.
 */
final class ReadAhead {
  /** Twice what the fetch threads read at once: also hides a file that takes long. */
  private static final int MANY = 32;

  private static final int FEW = 8;
  private static final long QUICK_NANOS = 1_000_000;

  private final int few;
  private final int many;
  private volatile long nanos = QUICK_NANOS;

  /** For so many compute threads. */
  ReadAhead(int threads) {
    this.many = Math.max(MANY, 2 * threads);
    this.few = Math.max(FEW, Math.min(many, 4 * threads));
  }

  /** Takes note of a fetch; the last few count, and one that is lost between threads is no harm. */
  void took(long fetchNanos) {
    nanos += (fetchNanos - nanos) / 4;
  }

  /** The files under way at most. */
  int files() {
    return nanos < QUICK_NANOS ? few : many;
  }

  /** The files that one thread fetches, one after the other. */
  int inARow() {
    return (int) Math.max(1, Math.min(files() / 2, QUICK_NANOS / Math.max(1, nanos)));
  }
}
