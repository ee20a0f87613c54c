package org.tessera.pipeline.spark.fit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;
import org.tessera.pipeline.fit.FitException;
import org.tessera.pipeline.fit.FitInput;
import org.tessera.pipeline.fit.FitReport;
import org.tessera.pipeline.fit.FitRun;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.FitState;
import org.tessera.pipeline.fit.Harvest;
import org.tessera.pipeline.fit.TrainingSource;
import org.tessera.pipeline.fit.VectorBlocks;
import org.tessera.pipeline.spark.Bundles;

/**
 * Learns a tokenizer on Spark. What is learned depends on the specification and the inputs alone:
 * the numbers of partitions, executors and restarts do not change a bit of it (on machines of one
 * kind; TensorFlow's matrix products may differ in the last bit between kinds).
 */
public final class FitFlow {
  private FitFlow() {}

  /**
   * Learns a tokenizer and writes its bundle.
   *
   * @param spec what {@link #resolve} gave
   * @param source opens the inputs, in Spark's tasks; it gives what the encoder reads, where there
   *     is one
   * @throws FitException when the inputs cannot support the specification
   * @throws BundleException when something is at the output already
   * @throws IOException when the storage failed
   */
  public static FitReport run(
      SparkSession spark,
      FitSpec spec,
      List<FitInput> inputs,
      TrainingSource source,
      FitOptions options)
      throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration configuration = context.hadoopConfiguration();
    Path output = new Path(options.output());
    FileSystem files = output.getFileSystem(configuration);
    if (files.exists(output)) {
      throw new BundleException(
          "Cannot write bundle "
              + options.output()
              + ": it exists (give another path, or remove it first)");
    }
    HadoopState state = new HadoopState(options.state(), configuration);
    FitReport report;
    try (Encoder encoder = Encoder.open(spec, configuration)) {
      FitRun run = new FitRun(spec, inputs, encoder.bundle(), options.listener());
      run.claim(state, options.state());
      int partitions =
          options.partitions() > 0 ? options.partitions() : context.defaultParallelism();
      try (VectorHarvest harvest =
          new VectorHarvest(context, spec, encoder.over(source, options.device()), partitions)) {
        options.listener().stage("reading up to " + run.inputs().size() + " inputs");
        harvest.read(run);
        run.check(harvest.total());
        VectorBlocks vectors = harvest.vectors(options.driverBytes(context.defaultParallelism()));
        report = finish(run, vectors, harvest.total(), state, files, output);
      }
    } catch (Exception e) {
      throw unwrapped(e);
    }
    state.delete();
    return report;
  }

  /**
   * The specification with all that its encoder's bundle says; without an encoder as it is. The
   * source of a fit is made for the front-end of this one.
   *
   * @throws IOException when the bundle is not there or cannot be read
   * @throws org.tessera.pipeline.fit.FitSpecException when nothing can be learned from that bundle
   */
  public static FitSpec resolve(SparkSession spark, FitSpec spec) throws IOException {
    if (spec.encoder().isEmpty()) {
      return spec;
    }
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    String uri = Bundles.absolute(spec.encoder().get().bundle(), configuration);
    try (Bundle bundle = Bundles.open(uri, configuration)) {
      return spec.withEncoder(bundle.manifest(), uri);
    }
  }

  /** What a task found wrong with the data, without Spark's wrapping; or the failure itself. */
  private static RuntimeException unwrapped(Exception failure) throws IOException {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof FitException found) {
        return found;
      }
    }
    if (failure instanceof IOException storage) {
      throw storage;
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException("Cannot learn: " + failure.getMessage(), failure);
  }

  private static FitReport finish(
      FitRun run,
      VectorBlocks vectors,
      Harvest harvest,
      FitState state,
      FileSystem files,
      Path output)
      throws IOException {
    if (files.getScheme().equals("file")) {
      java.nio.file.Path target = java.nio.file.Path.of(files.makeQualified(output).toUri());
      return run.finish(vectors, harvest, state, target);
    }
    java.nio.file.Path local = Files.createTempDirectory("tessera-fit-");
    try {
      java.nio.file.Path target = local.resolve(output.getName());
      FitReport report = run.finish(vectors, harvest, state, target);
      files.copyFromLocalFile(false, true, new Path(target.toUri()), output);
      return report;
    } finally {
      delete(local);
    }
  }

  private static void delete(java.nio.file.Path directory) throws IOException {
    try (var tree = Files.walk(directory)) {
      tree.sorted(java.util.Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
