package org.tessera.model.pool;

import org.tessera.model.tokenizer.Tokenizer;

/**
 * The right to use a pooled tokenizer until it is closed. Closing it twice does nothing. The
 * tokenizer may be used by several threads.
 */
public interface ModelLease extends AutoCloseable {
  /**
   * The tokenizer; it belongs to the pool and must not be closed.
   *
   * @throws IllegalStateException when the lease was closed
   */
  Tokenizer tokenizer();

  @Override
  void close();
}
