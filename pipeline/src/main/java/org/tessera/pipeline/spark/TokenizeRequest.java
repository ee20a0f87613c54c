package org.tessera.pipeline.spark;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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

  /** A request with the defaults of the command line, to be changed. */
  public static Builder of(List<String> inputs, String bundle, String output) {
    return new Builder(
        new TokenizeRequest(
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
            Limits.DEFAULT));
  }

  /** A copy to be changed. */
  public Builder but() {
    return new Builder(this);
  }

  /** A request that is being put together. Used by one thread. */
  public static final class Builder {
    private final List<String> inputs;
    private final NameFilter filter;
    private final String output;
    private final Optional<String> runId;
    private final long waveBytes;
    private List<String> manifests;
    private String bundle;
    private boolean append;
    private int waveInputs;
    private int tasks;
    private ModelSettings model;
    private OptionalInt keep;
    private RunRules rules;
    private EncodeOptions encode;
    private Limits limits;

    private Builder(TokenizeRequest request) {
      inputs = request.inputs;
      filter = request.filter;
      output = request.output;
      waveBytes = request.waveBytes;
      limits = request.limits;
      manifests = request.manifests;
      bundle = request.bundle;
      runId = request.runId;
      append = request.append;
      waveInputs = request.waveInputs;
      tasks = request.tasks;
      model = request.model;
      keep = request.keep;
      rules = request.rules;
      encode = request.encode;
    }

    /** Reads these tables of inputs too. */
    public Builder manifests(List<String> value) {
      manifests = value;
      return this;
    }

    /** Uses this bundle. */
    public Builder bundle(String value) {
      bundle = value;
      return this;
    }

    /** Adds to an output that may hold other tokenizers. */
    public Builder appending() {
      append = true;
      return this;
    }

    /** Cuts the plan into waves of so many inputs. */
    public Builder waveInputs(int value) {
      waveInputs = value;
      return this;
    }

    /** Cuts each wave into so many tasks. */
    public Builder tasks(int value) {
      tasks = value;
      return this;
    }

    /** Runs the model so. */
    public Builder model(ModelSettings value) {
      model = value;
      return this;
    }

    /** Keeps only the first so many ids along the bundle's prefix axis. */
    public Builder keep(int value) {
      keep = OptionalInt.of(value);
      return this;
    }

    /** Goes by these rules. */
    public Builder rules(RunRules value) {
      rules = value;
      return this;
    }

    /** Batches so. */
    public Builder encode(EncodeOptions value) {
      encode = value;
      return this;
    }

    /** Limits what one sample may cost. */
    public Builder limits(Limits value) {
      limits = value;
      return this;
    }

    /** The request. */
    public TokenizeRequest build() {
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
          keep,
          rules,
          encode,
          limits);
    }
  }
}
