package org.tessera.pipeline.fit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tessera.pipeline.fit.LearnedQuantizer.Family;

/** Learns a transform and codebooks from blocks of vectors. Not thread-safe. */
final class Learner {
  private static final String TRANSFORM = "transform";

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
   * Learns what the specification says. Closes the blocks, since they are not needed any more once
   * they are transformed.
   *
   * @throws FitException when the vectors cannot support it
   */
  LearnedTokenizer learn(VectorBlocks raw) {
    Optional<Transform> transform =
        spec.transform().kind() == TransformSpec.Kind.NONE
            ? Optional.empty()
            : Optional.of(transform(raw));
    VectorBlocks vectors = raw;
    if (transform.isPresent()) {
      vectors = raw.map(transform.get(), transform.get().to());
      // The map is computed when it is first needed; its count is the same by construction.
      Extent.of(vectors);
      raw.close();
    }
    List<Codebook> codebooks = codebooks(vectors);
    return new LearnedTokenizer(transform, codebooks, passes);
  }

  private Transform transform(VectorBlocks raw) {
    Optional<byte[]> found = state.read(TRANSFORM);
    if (found.isPresent()) {
      return read(found.get());
    }
    listener.stage("finding the principal axes of " + raw.count() + " vectors");
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
    Moments moments = Moments.of(raw, Extent.of(raw));
    Transform transform =
        PrincipalAxes.of(moments, wanted == 0 ? raw.dimensions() : wanted, spec.transform().kind());
    state.write(TRANSFORM, write(transform));
    return transform;
  }

  private List<Codebook> codebooks(VectorBlocks vectors) {
    List<Integer> sizes = spec.quantizer().codes();
    List<Codebook> codebooks = new ArrayList<>();
    VectorBlocks rest = vectors;
    int group = vectors.dimensions() / sizes.size();
    if (spec.quantizer().family() == Family.PRODUCT
        && group * sizes.size() != vectors.dimensions()) {
      throw new FitException(
          FitException.Kind.DATA,
          "Cannot cut vectors of "
              + vectors.dimensions()
              + " dimensions into "
              + sizes.size()
              + " equal groups (change learn.transform.dimensions)");
    }
    for (int number = 0; number < sizes.size(); number++) {
      listener.stage("learning codebook " + (number + 1) + " of " + sizes.size());
      boolean product = spec.quantizer().family() == Family.PRODUCT;
      VectorBlocks own = product ? vectors.map(new Slice(number * group, group), group) : rest;
      KMeans.Learned learned =
          new KMeans(own, spec.training(), number, state, this::pass).learn(sizes.get(number));
      codebooks.add(learned.codebook());
      if (own != vectors || !product) {
        own.close();
      }
      if (product) {
        learned.leftOver().close();
      } else {
        rest = learned.leftOver();
      }
    }
    (spec.quantizer().family() == Family.PRODUCT ? vectors : rest).close();
    return codebooks;
  }

  private void pass(PassReport pass) {
    passes.add(pass);
    listener.pass(pass);
  }

  private static byte[] write(Transform transform) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      KMeansState.writeFloats(out, transform.mean());
      KMeansState.writeFloats(out, transform.forward());
      KMeansState.writeFloats(out, transform.backward());
      out.writeDouble(transform.kept());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static Transform read(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return new Transform(
          KMeansState.readFloats(in),
          KMeansState.readFloats(in),
          KMeansState.readFloats(in),
          in.readDouble());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
