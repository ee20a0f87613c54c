package org.tessera.model.pool;

import java.util.Map;
import java.util.concurrent.Semaphore;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Latents;
import org.tessera.model.tokenizer.Tokenizer;

/** A tokenizer whose calls need a permit of its device. The pool closes the tokenizer behind it. */
final class LimitedTokenizer implements Tokenizer {
  private final Tokenizer tokenizer;
  private final Semaphore permits;

  LimitedTokenizer(Tokenizer tokenizer, Semaphore permits) {
    this.tokenizer = tokenizer;
    this.permits = permits;
  }

  @Override
  public TokenizerManifest manifest() {
    return tokenizer.manifest();
  }

  @Override
  public String fingerprint() {
    return tokenizer.fingerprint();
  }

  @Override
  public NativeTensor allocate(String role, ElementType type, long... shape) {
    return tokenizer.allocate(role, type, shape);
  }

  @Override
  public Codes encode(Map<String, NativeTensor> inputs) {
    permits.acquireUninterruptibly();
    try {
      return tokenizer.encode(inputs);
    } finally {
      permits.release();
    }
  }

  @Override
  public Latents latents(Map<String, NativeTensor> inputs) {
    permits.acquireUninterruptibly();
    try {
      return tokenizer.latents(inputs);
    } finally {
      permits.release();
    }
  }

  @Override
  public Latents features(Map<String, NativeTensor> inputs) {
    permits.acquireUninterruptibly();
    try {
      return tokenizer.features(inputs);
    } finally {
      permits.release();
    }
  }

  @Override
  public boolean decodable() {
    return tokenizer.decodable();
  }

  @Override
  public NativeTensor decode(int[] ids, int batch, int[] shape, int[] kept) {
    permits.acquireUninterruptibly();
    try {
      return tokenizer.decode(ids, batch, shape, kept);
    } finally {
      permits.release();
    }
  }

  @Override
  public String device() {
    return tokenizer.device();
  }

  @Override
  public String engineVersion() {
    return tokenizer.engineVersion();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException(
        "Cannot close a pooled tokenizer (close its lease instead)");
  }
}
