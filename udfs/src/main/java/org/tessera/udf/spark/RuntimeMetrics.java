package org.tessera.udf.spark;

import com.codahale.metrics.MetricRegistry;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * Counters of one JVM in Spark's metrics system, as {@code tessera.NAME}: on executors what their
 * tasks did, on the driver what the running job has committed. Whatever sink the user configures
 * (Prometheus, JMX, Graphite, ...) publishes them. Thread-safe.
 */
public final class RuntimeMetrics implements Source {
  private final String name;
  private final MetricRegistry registry = new MetricRegistry();

  private RuntimeMetrics(String name) {
    this.name = name;
  }

  /**
   * Counters that are published from now on.
   *
   * @param name what they are grouped under: {@code tessera}, or {@code tessera.job}
   */
  public static RuntimeMetrics register(String name) {
    RuntimeMetrics metrics = new RuntimeMetrics(name);
    SparkEnv.get().metricsSystem().registerSource(metrics);
    return metrics;
  }

  /** Adds to a counter, which begins at 0. */
  public void add(String counter, long amount) {
    registry.counter(counter).inc(amount);
  }

  /** A counter's value; 0 when nothing was added. */
  public long value(String counter) {
    return registry.counter(counter).getCount();
  }

  /** Publishes them no longer. */
  public void remove() {
    if (SparkEnv.get() != null) {
      SparkEnv.get().metricsSystem().removeSource(this);
    }
  }

  @Override
  public String sourceName() {
    return name;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }
}
