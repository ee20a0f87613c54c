package org.tessera.udf.sample;

/** Why a sample was rejected; the name is what stands in the reject table. */
public enum RejectCode {
  /** The object has no bytes. */
  EMPTY,
  /** The object is gone. */
  MISSING,
  /** The object is not the one that was planned: its size or time differ. */
  CHANGED,
  /** The storage failed in a way that may pass. */
  UNREADABLE,
  /** The content is of no known format. */
  UNKNOWN_FORMAT,
  /**
   * The format is known but is not of this tokenizer's modality, or this build cannot decode it.
   */
  UNSUPPORTED_FORMAT,
  /** The stream ends before its content does. */
  TRUNCATED,
  /** The stream contradicts its own format. */
  MALFORMED,
  /** A limit on pixels, samples, points, bytes or nesting is exceeded. */
  TOO_LARGE,
  /** The sample took longer than the limit. */
  TIMEOUT,
  /** The signal holds NaN or infinite values. */
  NOT_FINITE,
  /** The signal is too short for one token. */
  TOO_SHORT,
  /** The model, which says how many ids a sample keeps, keeps none. */
  NO_TOKENS,
  /** The decoder crashed its process. */
  CRASHED,
  /** The decoder failed in a way that it should not: a fault of this program, to be reported. */
  DECODER_FAULT
}
