package org.tessera.model.npy;

/** A file is not what NumPy writes, or holds what is never read. The message names the file. */
public final class NpyException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public NpyException(String message) {
    super(message);
  }
}
