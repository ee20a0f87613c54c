package org.tessera.udf.spark;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.tessera.model.device.DevicePlan;
import org.tessera.model.device.DeviceRequest;
import org.tessera.model.pool.BundleLoader;
import org.tessera.model.pool.BundleStore;
import org.tessera.model.pool.ModelLease;
import org.tessera.model.pool.ModelPool;
import org.tessera.model.pool.PoolOptions;
import org.tessera.model.pool.TokenizerKey;
import org.tessera.udf.encode.ComputePool;

/**
 * What one executor JVM shares between its tasks: the compute pool, the fetch threads and the
 * pooled models. The one static holder of the product. Thread-safe; closed when the JVM ends.
 *
 * <p>Every model call uses one thread on the CPU: as many calls run at once as there are compute
 * threads, so decoding, inference and task slots together never exceed the executor's cores.
 */
public final class ExecutorRuntime {
  private static final int FETCH_THREADS = 16;

  /** On a GPU these calls wait for the device rather than for a core. */
  private static final int GPU_CALLS = 2;

  private static ExecutorRuntime instance;

  private final Configuration hadoop;
  private final DevicePlan device;
  private final ComputePool compute;
  private final ExecutorService fetchers;
  private final ModelPool models;
  private final RuntimeMetrics metrics = RuntimeMetrics.register("tessera");

  private ExecutorRuntime(SparkConf conf, DevicePlan device) {
    this.hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    this.device = device;
    this.compute = new ComputePool(cores(conf) + (device.onGpu() ? GPU_CALLS : 0));
    this.fetchers = Executors.newFixedThreadPool(FETCH_THREADS, ExecutorRuntime::fetchThread);
    Path store =
        Path.of(System.getProperty("java.io.tmpdir"))
            .resolve("tessera-bundles-" + System.getProperty("user.name"));
    this.models =
        new ModelPool(
            new BundleLoader(new BundleStore(store, new HadoopFetcher(hadoop))),
            device.onGpu() ? PoolOptions.forGpu() : PoolOptions.forCpu());
  }

  /**
   * The runtime of this JVM, made by the first task. The device is planned then, before any native
   * library loads, and holds for the life of the JVM.
   *
   * @param device what the user asked for, as {@link DeviceRequest#parse} reads it
   * @throws org.tessera.model.engine.ModelException when a GPU was asked for and there is none
   */
  public static synchronized ExecutorRuntime instance(String device) {
    DevicePlan plan = DevicePlan.of(DeviceRequest.parse(device), gpuAddresses(), System.getenv());
    if (instance == null) {
      instance = new ExecutorRuntime(SparkEnv.get().conf(), plan);
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

  /** What this JVM's tasks have done since it started. */
  public RuntimeMetrics metrics() {
    return metrics;
  }

  /** Hadoop's settings in this JVM; credentials come from its providers. */
  public Configuration hadoop() {
    return hadoop;
  }

  /**
   * A model of this JVM, loaded once for all tasks; the caller closes the lease.
   *
   * @param bundle the bundle's URI
   * @param identity what it must be, as {@link TokenizerIdentity} writes it
   * @param settings how it is run; the device was planned when this runtime was made
   * @throws org.tessera.model.engine.ModelException when it cannot be loaded
   * @throws org.tessera.model.bundle.BundleException when it is another bundle
   */
  public ModelLease lease(String bundle, String identity, ModelSettings settings) {
    return models.lease(
        new TokenizerKey(
            bundle,
            TokenizerIdentity.fingerprint(identity),
            settings.options(device, TokenizerIdentity.keep(identity))));
  }

  private static List<String> gpuAddresses() {
    TaskContext task = TaskContext.get();
    return task == null || !task.resources().contains("gpu")
        ? List.of()
        : Arrays.asList(task.resources().apply("gpu").addresses());
  }

  private static Thread fetchThread(Runnable work) {
    Thread thread = new Thread(work, "tessera-fetch");
    thread.setDaemon(true);
    return thread;
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
    models.close();
    compute.close();
    fetchers.shutdownNow();
  }
}
