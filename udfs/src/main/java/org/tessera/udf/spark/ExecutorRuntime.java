package org.tessera.udf.spark;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.engine.ModelException;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.udf.encode.ComputePool;

/**
 * What one executor JVM shares between its tasks: the compute pool, the fetch threads and the
 * loaded models. The one static holder of the product. Thread-safe; closed when the JVM ends.
 */
public final class ExecutorRuntime {
  private static final int FETCH_THREADS = 16;
  private static ExecutorRuntime instance;

  private final ComputePool compute;
  private final ExecutorService fetchers;
  private final ConcurrentHashMap<String, CompletableFuture<Tokenizer>> models =
      new ConcurrentHashMap<>();

  private ExecutorRuntime(int cores) {
    this.compute = new ComputePool(cores);
    this.fetchers =
        Executors.newFixedThreadPool(
            FETCH_THREADS,
            work -> {
              Thread thread = new Thread(work, "tessera-fetch");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The runtime of this JVM, made on the first call from Spark's settings. */
  public static synchronized ExecutorRuntime instance() {
    if (instance == null) {
      instance = new ExecutorRuntime(cores(SparkEnv.get().conf()));
      Runtime.getRuntime().addShutdownHook(new Thread(instance::close, "tessera-shutdown"));
    }
    return instance;
  }

  /** Threads that decode and infer, one per core of the executor. */
  public ComputePool compute() {
    return compute;
  }

  /** Threads that wait for storage. */
  public Executor fetchers() {
    return fetchers;
  }

  /**
   * A model of this JVM, loaded once for all tasks; it stays loaded.
   *
   * @param bundle the bundle's local path
   * @param fingerprint what it must be
   * @throws ModelException when it cannot be loaded or is another
   */
  public Tokenizer tokenizer(Path bundle, String fingerprint) {
    try {
      return models
          .computeIfAbsent(
              fingerprint, key -> CompletableFuture.supplyAsync(() -> load(bundle, fingerprint)))
          .join();
    } catch (CompletionException e) {
      models.remove(fingerprint);
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static Tokenizer load(Path path, String fingerprint) {
    Bundle bundle = Bundle.open(path);
    if (!bundle.fingerprint().equals(fingerprint)) {
      throw new ModelException(
          "Cannot use bundle "
              + path
              + ": its fingerprint is "
              + bundle.fingerprint()
              + ", the run began with "
              + fingerprint
              + " (do not change a bundle while it is used)");
    }
    return Tokenizers.load(bundle, TokenizerOptions.threads(1));
  }

  private static int cores(SparkConf conf) {
    String master = conf.get("spark.master", "");
    if (conf.contains("spark.tessera.compute.threads")) {
      return conf.getInt("spark.tessera.compute.threads", 1);
    }
    if (master.matches("local\\[\\d+(,\\d+)?]")) {
      return Integer.parseInt(master.replaceAll("local\\[(\\d+).*", "$1"));
    }
    if (master.equals("local")) {
      return 1;
    }
    return conf.getInt("spark.executor.cores", Runtime.getRuntime().availableProcessors());
  }

  private void close() {
    compute.close();
    fetchers.shutdownNow();
  }
}
