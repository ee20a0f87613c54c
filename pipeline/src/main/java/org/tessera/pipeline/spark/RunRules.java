package org.tessera.pipeline.spark;

import org.tessera.pipeline.ledger.RejectLimit;

/**
 * What a run reads again, what it takes for the same, and when it stops. Immutable.
 *
 * @param limit how many rejects are too many
 * @param retry which rejected samples of earlier runs are read again
 * @param change what makes an input a new one
 * @param copies what happens to inputs with equal bytes
 * @param isolation where samples are decoded
 */
public record RunRules(
    RejectLimit limit, Retry retry, Change change, Copies copies, Isolation isolation) {
  /** No limit, no retry, changes by size and mark or time, every input read, isolation on need. */
  public static final RunRules DEFAULT =
      new RunRules(RejectLimit.NONE, Retry.NONE, Change.BY_STATE, Copies.READ, Isolation.AUTOMATIC);

  /** Which rejected samples are read again. */
  public enum Retry {
    NONE,
    TRANSIENT,
    ALL
  }

  /** What makes an input a new one: its size and etag or time, or these and then its bytes. */
  public enum Change {
    BY_STATE,
    BY_CONTENT
  }

  /** Whether inputs with equal bytes are each read, or share one reading. */
  public enum Copies {
    READ,
    SHARE
  }

  /** The same with another limit. */
  public RunRules withLimit(RejectLimit other) {
    return new RunRules(other, retry, change, copies, isolation);
  }

  /** The same with another choice of rejected samples. */
  public RunRules withRetry(Retry other) {
    return new RunRules(limit, other, change, copies, isolation);
  }

  /** The same with another rule of change. */
  public RunRules withChange(Change other) {
    return new RunRules(limit, retry, other, copies, isolation);
  }

  /** The same with another treatment of copies. */
  public RunRules withCopies(Copies other) {
    return new RunRules(limit, retry, change, other, isolation);
  }

  /** The same with another isolation. */
  public RunRules withIsolation(Isolation other) {
    return new RunRules(limit, retry, change, copies, other);
  }
}
