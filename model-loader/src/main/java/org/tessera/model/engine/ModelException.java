package org.tessera.model.engine;

/**
 * A model could not be loaded or run. It fails the task, unlike bad data, which costs one sample.
 * The message says what, where and what to do.
 */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
