package org.tessera.udf.sample;

/**
 * One sample cannot be tokenized; it becomes a row of the reject table and harms no neighbour. The
 * message says what is wrong and what to do. Failures of the model or the program are not this.
 */
public final class SampleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Phase phase;
  private final RejectCode code;
  private final long offset;
  private final boolean transientFailure;

  private SampleException(
      Phase phase, RejectCode code, String message, long offset, boolean transientFailure) {
    super(message);
    this.phase = phase;
    this.code = code;
    this.offset = offset;
    this.transientFailure = transientFailure;
  }

  /** A lasting fault of the data at an unknown position. */
  public static SampleException of(Phase phase, RejectCode code, String message) {
    return new SampleException(phase, code, message, -1, false);
  }

  /** A lasting fault of the data at a byte offset. */
  public static SampleException at(Phase phase, RejectCode code, String message, long offset) {
    return new SampleException(phase, code, message, offset, false);
  }

  /** A fault that may pass when the sample is read again. */
  public static SampleException passing(Phase phase, RejectCode code, String message) {
    return new SampleException(phase, code, message, -1, true);
  }

  public Phase phase() {
    return phase;
  }

  public RejectCode code() {
    return code;
  }

  /** The byte offset of the fault in the object or member, or -1 when unknown. */
  public long offset() {
    return offset;
  }

  /** Whether reading the sample again may succeed. */
  public boolean isTransient() {
    return transientFailure;
  }
}
