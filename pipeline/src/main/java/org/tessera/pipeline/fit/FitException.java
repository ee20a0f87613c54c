package org.tessera.pipeline.fit;

/** A tokenizer could not be learned. The message says what, why and what to do. */
public final class FitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Why a fit failed. */
  public enum Kind {
    /** More samples were bad than the specification allows. */
    REJECTS,
    /** The corpus is too small or its features are unusable for what should be learned. */
    DATA,
    /** The state of an interrupted fit cannot be used. */
    STATE
  }

  public FitException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
