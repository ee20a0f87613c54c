package org.tessera.pipeline.spark.bench;

import java.nio.file.Path;
import java.util.List;
import org.tessera.pipeline.plan.NameFilter;
import org.tessera.udf.encode.EncodeOptions;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.spark.ModelSettings;

/**
 * What to measure.
 *
 * @param inputs folders, files and globs
 * @param filter which files below them
 * @param limit the first so many inputs; 0 for all
 * @param bundle the bundle's path or URI
 * @param work an empty local folder for the runs' outputs
 * @param rounds how often each part is measured, at least 1; the fastest counts
 * @param model how the model is run
 * @param encode batching and windows
 * @param limits what one sample may cost
 */
public record BenchRequest(
    List<String> inputs,
    NameFilter filter,
    int limit,
    String bundle,
    Path work,
    int rounds,
    ModelSettings model,
    EncodeOptions encode,
    Limits limits) {
  public BenchRequest {
    inputs = List.copyOf(inputs);
  }
}
