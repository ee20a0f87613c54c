package org.tessera.model.pool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.tessera.model.engine.ModelException;
import org.tessera.model.tokenizer.Tokenizer;

/**
 * The loaded tokenizers of one JVM. Each is loaded once, by the first thread that asks, while the
 * others wait; it stays until it is idle and the pool needs room, longest unused first. A load that
 * failed is tried again by the next lease. Thread-safe; closed at the JVM's shutdown.
 */
public final class ModelPool implements AutoCloseable {
  private final TokenizerLoader loader;
  private final PoolOptions options;
  private final Semaphore permits;
  private final Map<TokenizerKey, Entry> entries = new HashMap<>();
  private long clock;
  private boolean closed;

  /** One tokenizer; its fields are guarded by the pool. */
  private static final class Entry {
    final CompletableFuture<TokenizerLoader.Loaded> loaded = new CompletableFuture<>();
    int leases;
    long lastUsed;
  }

  public ModelPool(TokenizerLoader loader, PoolOptions options) {
    this.loader = loader;
    this.options = options;
    this.permits = options.permits() == 0 ? null : new Semaphore(options.permits(), true);
  }

  /**
   * Leases a tokenizer, loading it when it is not there. Waits for a load that is under way.
   *
   * @throws IllegalStateException when the pool is closed
   * @throws ModelException when the tokenizer cannot be loaded
   */
  public ModelLease lease(TokenizerKey key) {
    Entry entry;
    boolean first;
    synchronized (entries) {
      if (closed) {
        throw new IllegalStateException("Cannot lease a model: the pool is closed");
      }
      entry = entries.get(key);
      first = entry == null;
      if (first) {
        entry = new Entry();
        entries.put(key, entry);
      }
      entry.leases++;
    }
    if (first) {
      load(key, entry);
    }
    Tokenizer tokenizer = await(entry);
    return new Lease(entry, permits == null ? tokenizer : new LimitedTokenizer(tokenizer, permits));
  }

  private void load(TokenizerKey key, Entry entry) {
    try {
      entry.loaded.complete(loader.load(key));
    } catch (RuntimeException | Error e) {
      synchronized (entries) {
        entries.remove(key, entry);
      }
      entry.loaded.completeExceptionally(e);
      return;
    }
    evict();
  }

  private static Tokenizer await(Entry entry) {
    try {
      return entry.loaded.join().tokenizer();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new ModelException("Cannot load model: " + e.getCause(), e.getCause());
    }
  }

  /** The number of tokenizers that are loaded or being loaded. */
  public int size() {
    synchronized (entries) {
      return entries.size();
    }
  }

  private void release(Entry entry) {
    synchronized (entries) {
      entry.leases--;
      entry.lastUsed = ++clock;
    }
    evict();
  }

  /** Closes idle tokenizers: all when the pool is closed, else the oldest until the rest fits. */
  private void evict() {
    List<Tokenizer> evicted = new ArrayList<>();
    synchronized (entries) {
      long limit = closed ? -1 : options.maxBytes();
      while (weight() > limit) {
        TokenizerKey oldest = oldestIdle();
        if (oldest == null) {
          break;
        }
        evicted.add(entries.remove(oldest).loaded.join().tokenizer());
      }
    }
    evicted.forEach(Tokenizer::close);
  }

  private long weight() {
    long weight = 0;
    for (Entry entry : entries.values()) {
      weight += isLoaded(entry) ? entry.loaded.join().bytes() : 0;
    }
    return weight;
  }

  private TokenizerKey oldestIdle() {
    TokenizerKey oldest = null;
    for (Map.Entry<TokenizerKey, Entry> candidate : entries.entrySet()) {
      Entry entry = candidate.getValue();
      if (entry.leases == 0
          && isLoaded(entry)
          && (oldest == null || entry.lastUsed < entries.get(oldest).lastUsed)) {
        oldest = candidate.getKey();
      }
    }
    return oldest;
  }

  private static boolean isLoaded(Entry entry) {
    return entry.loaded.isDone() && !entry.loaded.isCompletedExceptionally();
  }

  /** Closes what is idle now, and what is leased when its last lease is closed. */
  @Override
  public void close() {
    synchronized (entries) {
      closed = true;
    }
    evict();
  }

  private final class Lease implements ModelLease {
    private final Entry entry;
    private final Tokenizer tokenizer;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Lease(Entry entry, Tokenizer tokenizer) {
      this.entry = entry;
      this.tokenizer = tokenizer;
    }

    @Override
    public Tokenizer tokenizer() {
      if (!open.get()) {
        throw new IllegalStateException("Cannot use a model after its lease was closed");
      }
      return tokenizer;
    }

    @Override
    public void close() {
      if (open.getAndSet(false)) {
        release(entry);
      }
    }
  }
}
