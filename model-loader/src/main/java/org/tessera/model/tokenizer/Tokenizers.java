package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Randomness;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.Engines;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;

/** Loads tokenizers from bundles. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Loads a bundle's models. The bundle must stay open as long as the tokenizer is.
   *
   * @return the tokenizer; the caller closes it
   * @throws ModelException when a model cannot be loaded or does not have the tensors that the
   *     manifest names
   */
  public static Tokenizer load(Bundle bundle, TokenizerOptions options) {
    TokenizerManifest manifest = Prefixes.cut(bundle.manifest(), options.keep());
    if (manifest.output() != ModelOutput.IDS) {
      throw new ModelException(
          "Cannot load tokenizer "
              + manifest.name()
              + ": it returns "
              + manifest.output().id()
              + " (only ids can be read)");
    }
    List<ModelStage> stages = new ArrayList<>();
    try {
      for (ModelSpec spec : manifest.models()) {
        stages.add(stage(bundle, spec, manifest.randomness(), options));
      }
      return new LoadedTokenizer(bundle, manifest, options.keep(), stages);
    } catch (RuntimeException e) {
      stages.forEach(ModelStage::close);
      throw e;
    }
  }

  private static ModelStage stage(
      Bundle bundle, ModelSpec spec, Randomness randomness, TokenizerOptions options) {
    Set<String> signatures = new TreeSet<>();
    signatures.add(spec.encode().name());
    spec.decode().ifPresent(decode -> signatures.add(decode.name()));
    ModelSession session =
        Engines.of(spec.engine()).load(bundle.file(spec.path()), signatures, options.engine());
    try {
      return new ModelStage(session, spec, randomness);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }
}
