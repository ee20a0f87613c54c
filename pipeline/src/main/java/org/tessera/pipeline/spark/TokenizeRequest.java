package org.tessera.pipeline.spark;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.tessera.pipeline.ledger.RejectLimit;
import org.tessera.pipeline.plan.NameFilter;
import org.tessera.udf.encode.EncodeOptions;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.spark.ModelSettings;

/**
 * What a tokenize run is asked to do. Lives on the driver only.
 *
 * @param inputs folders, files and globs
 * @param manifests tables of inputs: CSV, JSON lines or Parquet with a column uri
 * @param filter which files below them
 * @param bundle the bundle's path or URI
 * @param output the output's root
 * @param runId the run to begin or go on with; empty to choose
 * @param append whether the output may get a second tokenizer
 * @param waveInputs inputs of one wave at most
 * @param waveBytes bytes of one wave at most
 * @param tasks tasks of one wave; 0 for one per core
 * @param model how the model is run
 * @param keep how many ids along the bundle's prefix axis to keep; empty for all
 * @param rules what is read again, what counts as the same, and how many rejects are too many
 * @param encode batching and windows
 * @param limits what one sample may cost
 */
public record TokenizeRequest(
    List<String> inputs,
    List<String> manifests,
    NameFilter filter,
    String bundle,
    String output,
    Optional<String> runId,
    boolean append,
    int waveInputs,
    long waveBytes,
    int tasks,
    ModelSettings model,
    OptionalInt keep,
    RunRules rules,
    EncodeOptions encode,
    Limits limits) {
  public TokenizeRequest {
    inputs = List.copyOf(inputs);
    manifests = List.copyOf(manifests);
  }

  /** A request with the default rules but for the limit of rejects. */
  public TokenizeRequest(
      List<String> inputs,
      List<String> manifests,
      NameFilter filter,
      String bundle,
      String output,
      Optional<String> runId,
      boolean append,
      int waveInputs,
      long waveBytes,
      int tasks,
      ModelSettings model,
      OptionalInt keep,
      double maxRejectRate,
      long minSamples,
      EncodeOptions encode,
      Limits limits) {
    this(
        inputs,
        manifests,
        filter,
        bundle,
        output,
        runId,
        append,
        waveInputs,
        waveBytes,
        tasks,
        model,
        keep,
        RunRules.DEFAULT.withLimit(new RejectLimit(maxRejectRate, 1, minSamples)),
        encode,
        limits);
  }

  /** A request with the defaults of the command line. */
  public static TokenizeRequest of(List<String> inputs, String bundle, String output) {
    return new TokenizeRequest(
        inputs,
        List.of(),
        NameFilter.ALL,
        bundle,
        output,
        Optional.empty(),
        false,
        16_384,
        1L << 33,
        0,
        ModelSettings.DEFAULT,
        OptionalInt.empty(),
        RunRules.DEFAULT,
        EncodeOptions.DEFAULT,
        Limits.DEFAULT);
  }

  /** The same with only the first ids along the bundle's prefix axis. */
  public TokenizeRequest keeping(OptionalInt newKeep) {
    return new TokenizeRequest(
        inputs,
        manifests,
        filter,
        bundle,
        output,
        runId,
        append,
        waveInputs,
        waveBytes,
        tasks,
        model,
        newKeep,
        rules,
        encode,
        limits);
  }

  /** The same with these tables of inputs. */
  public TokenizeRequest withManifests(List<String> newManifests) {
    return new TokenizeRequest(
        inputs,
        newManifests,
        filter,
        bundle,
        output,
        runId,
        append,
        waveInputs,
        waveBytes,
        tasks,
        model,
        keep,
        rules,
        encode,
        limits);
  }

  /** The same for an output that may hold other tokenizers. */
  public TokenizeRequest appending() {
    return new TokenizeRequest(
        inputs,
        manifests,
        filter,
        bundle,
        output,
        runId,
        true,
        waveInputs,
        waveBytes,
        tasks,
        model,
        keep,
        rules,
        encode,
        limits);
  }

  /** The same with the model run so, and samples read so. */
  public TokenizeRequest running(
      ModelSettings newModel, EncodeOptions newEncode, Limits newLimits) {
    return new TokenizeRequest(
        inputs,
        manifests,
        filter,
        bundle,
        output,
        runId,
        append,
        waveInputs,
        waveBytes,
        tasks,
        newModel,
        keep,
        rules,
        newEncode,
        newLimits);
  }
}
