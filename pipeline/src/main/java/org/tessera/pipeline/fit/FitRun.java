package org.tessera.pipeline.fit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tessera.model.bundle.Bundle;
import org.tessera.udf.sample.Sha256;

/**
 * One fit from harvested vectors to a bundle, without regard to where the vectors lie. Not
 * thread-safe.
 */
public final class FitRun {
  private static final String IDENTITY = "identity";

  private final FitSpec spec;
  private final List<FitInput> inputs;
  private final Optional<Bundle> encoder;
  private final FitListener listener;

  /**
   * A fit.
   *
   * @param inputs all inputs, in any order
   * @param encoder the bundle whose latents are learned from; empty when features are
   */
  public FitRun(
      FitSpec spec, List<FitInput> inputs, Optional<Bundle> encoder, FitListener listener) {
    this.spec = spec;
    this.inputs = FitInput.ordered(inputs, spec.training().seed());
    this.encoder = encoder;
    this.listener = listener;
    if (inputs.isEmpty()) {
      throw new FitException(
          FitException.Kind.DATA, "Cannot learn from no inputs (check --input and its filters)");
    }
  }

  /** The inputs in the order in which they are to be read. */
  public List<FitInput> inputs() {
    return inputs;
  }

  /** How many inputs belong to one group; more inputs make larger groups. */
  public int inputsPerGroup() {
    return Math.max(1, Math.min(16, inputs.size() / 64));
  }

  /**
   * Checks that a state belongs to this fit, or makes it so when nothing was learned yet.
   *
   * @throws FitException when it belongs to another one
   */
  public void claim(FitState state, String place) {
    StringBuilder text = new StringBuilder(spec.toString());
    encoder.ifPresent(bundle -> text.append('\n').append(bundle.fingerprint()));
    inputs.forEach(input -> text.append('\n').append(input.uri()));
    String identity = Sha256.hex(text.toString().getBytes(StandardCharsets.UTF_8));
    Optional<byte[]> found = state.read(IDENTITY);
    boolean learned =
        state.read(Learner.TRANSFORM).isPresent() || state.read(KMeans.name(0)).isPresent();
    if (found.isEmpty() || !learned) {
      state.write(IDENTITY, identity.getBytes(StandardCharsets.UTF_8));
    } else if (!new String(found.get(), StandardCharsets.UTF_8).equals(identity)) {
      throw new FitException(
          FitException.Kind.STATE,
          "Cannot go on with the fit in "
              + place
              + ": it has another specification or other inputs (remove the directory or name"
              + " another)");
    }
  }

  /**
   * Fails when too many samples were bad or none was good.
   *
   * @param harvest everything that was read
   */
  public void check(Harvest harvest) {
    long bad = harvest.rejected();
    long all = bad + harvest.samples();
    double rate = all == 0 ? 1 : (double) bad / all;
    if (harvest.vectors() == 0 || rate > spec.training().maxRejectRate()) {
      throw new FitException(
          FitException.Kind.REJECTS,
          String.format(
              Locale.ROOT,
              "Cannot learn from these inputs: %d of %d samples are bad, more than the share of %s"
                  + " that training.max_reject_rate allows: %s (mend or filter the inputs)",
              bad,
              all,
              spec.training().maxRejectRate(),
              harvest.rejects()));
    }
  }

  /**
   * Learns and writes the bundle.
   *
   * @param vectors what was harvested; closed here
   * @param harvest the sums of all groups that were read
   * @param target a local path where nothing is yet
   */
  public FitReport finish(VectorBlocks vectors, Harvest harvest, FitState state, Path target) {
    int dimensions = vectors.dimensions();
    long count = vectors.count();
    LearnedTokenizer learned = new Learner(spec, state, listener).learn(vectors);
    FitReport report =
        new FitReport(
            spec.name(),
            inputs.size(),
            harvest.inputs(),
            harvest.samples(),
            harvest.rejects(),
            count,
            dimensions,
            learned.transform().map(Transform::to).orElse(dimensions),
            learned.transform().map(Transform::kept).orElse(1.0),
            learned.passes(),
            "");
    listener.stage("writing the bundle");
    if (encoder.isEmpty()) {
      return report.withFingerprint(
          new BundleExport(spec, learned, SignalShape.of(harvest)).write(target, report));
    }
    LearnedTokenizer decodable = learned.forDecoder(spec.encoder().orElseThrow(), dimensions);
    return report.withFingerprint(
        new EncoderExport(spec, decodable, encoder.get()).write(target, report));
  }
}
