package org.tessera.pipeline.fit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.tessera.pipeline.fit.LearnedQuantizer.Family;

/** Learns a transform and a quantizer from blocks of vectors. Not thread-safe. */
final class Learner {
  /** The state's name of the transform. */
  static final String TRANSFORM = "transform";

  private final FitSpec spec;
  private final FitState state;
  private final FitListener listener;
  private final List<PassReport> passes = new ArrayList<>();

  Learner(FitSpec spec, FitState state, FitListener listener) {
    this.spec = spec;
    this.state = state;
    this.listener = listener;
  }

  /**
   * Learns what the specification says. Closes the blocks when they are not needed any more.
   *
   * @throws FitException when the vectors cannot support it
   */
  LearnedTokenizer learn(VectorBlocks raw) {
    Family family = spec.quantizer().family();
    Optional<Transform> transform =
        spec.transform().kind() == TransformSpec.Kind.NONE && !family.normalised()
            ? Optional.empty()
            : Optional.of(kept(() -> transform(raw)));
    VectorBlocks vectors = raw;
    if (transform.isPresent()) {
      vectors = raw.map(transform.get(), transform.get().to());
      raw.close();
    }
    try (VectorBlocks open = vectors) {
      return family.clustered()
          ? new LearnedTokenizer(transform, codebooks(open), passes)
          : scalars(transform, open);
    }
  }

  private LearnedTokenizer.Inner codebooks(VectorBlocks vectors) {
    return new CodebookLearner(spec, state, listener, this::pass).learn(vectors);
  }

  private LearnedTokenizer scalars(Optional<Transform> transform, VectorBlocks vectors) {
    listener.stage("measuring " + vectors.count() + " vectors");
    ScalarLearner learner = new ScalarLearner(spec.quantizer(), spec.training().seed(), vectors);
    LearnedTokenizer.Inner inner = learner.learn(passes::add);
    return new LearnedTokenizer(
        transform.map(map -> map.withGains(learner.gains())), inner, passes);
  }

  /** What the state holds, or what is computed now and put there. */
  private Transform kept(Supplier<Transform> compute) {
    Optional<Transform> found = state.read(TRANSFORM).map(Transform::of);
    if (found.isPresent()) {
      return found.get();
    }
    Transform transform = compute.get();
    state.write(TRANSFORM, transform.toBytes());
    return transform;
  }

  private Transform transform(VectorBlocks raw) {
    Transform transform = axes(raw);
    if (spec.transform().kind() == TransformSpec.Kind.OPQ) {
      listener.stage("finding the rotation for " + spec.quantizer().codes().size() + " groups");
      transform =
          new OptimizedRotation(spec.quantizer().codes(), spec.training()).learn(raw, transform);
    }
    if (spec.quantizer().family().normalised()) {
      try (VectorBlocks vectors = raw.map(transform, transform.to())) {
        transform = transform.scaled(ScalarLearner.scales(spec.quantizer().family(), vectors));
      }
    }
    return transform;
  }

  private Transform axes(VectorBlocks raw) {
    int wanted = spec.transform().dimensions();
    if (wanted > raw.dimensions()) {
      throw new FitException(
          FitException.Kind.DATA,
          "Cannot keep "
              + wanted
              + " dimensions of vectors of "
              + raw.dimensions()
              + " (lower learn.transform.dimensions)");
    }
    Extent extent = Extent.of(raw);
    if (spec.transform().kind() == TransformSpec.Kind.NONE) {
      return Transform.centering(Moments.mean(raw, extent));
    }
    listener.stage("finding the principal axes of " + raw.count() + " vectors");
    return PrincipalAxes.of(
        Moments.of(raw, extent), wanted == 0 ? raw.dimensions() : wanted, spec.transform().kind());
  }

  private void pass(PassReport pass) {
    passes.add(pass);
    listener.pass(pass);
  }
}
