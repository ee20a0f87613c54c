package org.tessera.model.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.tokenizer.Codes;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;

class ModelPoolTest {
  private final CountingLoader loader = new CountingLoader();

  private static TokenizerKey key(String name) {
    return new TokenizerKey(name, name, TokenizerOptions.threads(1));
  }

  @Test
  void loadsOnceForSixtyFourThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(64);
    CountDownLatch start = new CountDownLatch(1);
    try (ModelPool pool = new ModelPool(loader, PoolOptions.forCpu())) {
      List<Future<Tokenizer>> futures = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        futures.add(
            threads.submit(
                () -> {
                  start.await();
                  try (ModelLease lease = pool.lease(key("a"))) {
                    assertThat(loader.closed.get()).isZero();
                    return lease.tokenizer();
                  }
                }));
      }
      start.countDown();
      Set<Tokenizer> tokenizers = new HashSet<>();
      for (Future<Tokenizer> future : futures) {
        tokenizers.add(future.get(30, TimeUnit.SECONDS));
      }
      assertThat(tokenizers).hasSize(1);
      assertThat(loader.loads.get()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
    assertThat(loader.closed.get()).isEqualTo(1);
  }

  @Test
  void keepsDifferentOptionsApart() {
    try (ModelPool pool = new ModelPool(loader, PoolOptions.forCpu());
        ModelLease all = pool.lease(key("a"));
        ModelLease some =
            pool.lease(new TokenizerKey("a", "a", TokenizerOptions.threads(1).keeping(16)))) {
      assertThat(all.tokenizer()).isNotSameAs(some.tokenizer());
    }
  }

  @Test
  void evictsTheLongestUnusedAndNeverALeased() {
    try (ModelPool pool = new ModelPool(loader, new PoolOptions(250, 0))) {
      ModelLease held = pool.lease(key("held"));
      pool.lease(key("b")).close();
      pool.lease(key("c")).close();
      // held, b and c weigh 300: b went.
      assertThat(pool.size()).isEqualTo(2);
      assertThat(loader.closedNames).containsExactly("b");
      pool.lease(key("c")).close();
      assertThat(loader.loads.get()).isEqualTo(3);
      pool.lease(key("b")).close();
      assertThat(loader.closedNames).containsExactly("b", "c");
      assertThat(((CountingTokenizer) held.tokenizer()).closed).isFalse();
      held.close();
    }
    assertThat(loader.closed.get()).isEqualTo(loader.loads.get());
  }

  @Test
  void triesAgainAfterAFailedLoad() {
    loader.failures.set(1);
    try (ModelPool pool = new ModelPool(loader, PoolOptions.forCpu())) {
      assertThatThrownBy(() -> pool.lease(key("a")))
          .isInstanceOf(ModelException.class)
          .hasMessage("Cannot load a (made to fail)");
      assertThat(pool.size()).isZero();
      pool.lease(key("a")).close();
      assertThat(loader.loads.get()).isEqualTo(2);
    }
  }

  @Test
  void closesALeasedTokenizerWithItsLastLease() {
    ModelPool pool = new ModelPool(loader, PoolOptions.forCpu());
    ModelLease one = pool.lease(key("a"));
    ModelLease two = pool.lease(key("a"));
    pool.close();
    one.close();
    one.close();
    assertThat(loader.closed.get()).isZero();
    two.close();
    assertThat(loader.closed.get()).isEqualTo(1);
    assertThatThrownBy(() -> pool.lease(key("a")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot lease a model: the pool is closed");
    assertThatThrownBy(one::tokenizer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot use a model after its lease was closed");
  }

  @Test
  void limitsCallsToItsPermits() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try (ModelPool pool = new ModelPool(loader, new PoolOptions(1000, 2));
        ModelLease lease = pool.lease(key("a"))) {
      List<Future<Codes>> futures = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        futures.add(threads.submit(() -> lease.tokenizer().encode(Map.of())));
      }
      for (Future<Codes> future : futures) {
        future.get(30, TimeUnit.SECONDS);
      }
      assertThat(loader.most.get()).isEqualTo(2);
      assertThatThrownBy(() -> lease.tokenizer().close())
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage("Cannot close a pooled tokenizer (close its lease instead)");
    } finally {
      threads.shutdownNow();
    }
  }

  /** Makes tokenizers that weigh 100 and take a while to load. */
  private static final class CountingLoader implements TokenizerLoader {
    final AtomicInteger loads = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final List<String> closedNames = new ArrayList<>();

    @Override
    public Loaded load(TokenizerKey key) {
      loads.incrementAndGet();
      pause(50);
      if (failures.getAndDecrement() > 0) {
        throw new ModelException("Cannot load " + key.location() + " (made to fail)");
      }
      return new Loaded(new CountingTokenizer(this, key.location()), 100);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class CountingTokenizer implements Tokenizer {
    private final CountingLoader loader;
    private final String name;
    private boolean closed;

    CountingTokenizer(CountingLoader loader, String name) {
      this.loader = loader;
      this.name = name;
    }

    @Override
    public TokenizerManifest manifest() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String fingerprint() {
      return name;
    }

    @Override
    public NativeTensor allocate(String role, ElementType type, long... shape) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Codes encode(Map<String, NativeTensor> inputs) {
      int now = loader.running.incrementAndGet();
      loader.most.accumulateAndGet(now, Math::max);
      pause(5);
      loader.running.decrementAndGet();
      return new Codes(0, new int[0], new int[] {1}, null, 0, null);
    }

    @Override
    public boolean decodable() {
      return false;
    }

    @Override
    public NativeTensor decode(int[] ids, int batch, int[] shape, int[] kept) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String device() {
      return "CPU:0";
    }

    @Override
    public String engineVersion() {
      return "counting 1";
    }

    @Override
    public void close() {
      assertThat(closed).isFalse();
      closed = true;
      loader.closed.incrementAndGet();
      loader.closedNames.add(name);
    }
  }
}
