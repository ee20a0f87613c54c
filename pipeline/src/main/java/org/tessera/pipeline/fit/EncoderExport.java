package org.tessera.pipeline.fit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Prefix;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.npy.TensorFiles;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.Quantizers;

/**
 * Writes a bundle of an encoder's own models with the learned quantizer in the place of its own.
 * The decoder stays when it takes latents.
 */
final class EncoderExport {
  private final FitSpec spec;
  private final LearnedTokenizer learned;
  private final Bundle encoder;

  EncoderExport(FitSpec spec, LearnedTokenizer learned, Bundle encoder) {
    this.spec = spec;
    this.learned = learned;
    this.encoder = encoder;
  }

  /**
   * Writes the bundle.
   *
   * @param target a local path where nothing is yet
   * @return the bundle's fingerprint
   */
  String write(Path target, FitReport report) {
    try (BundleWriter writer = BundleWriter.to(target)) {
      Path root = writer.directory();
      copyModels(root);
      Positions positions = positions();
      QuantizerFiles files = new QuantizerFiles(root, learned, spec.quantizer().family());
      if (positions.axes().isEmpty() && !hasSlots()) {
        files.asOneLevel();
      }
      QuantizerSpec quantizerSpec = files.write();
      Quantizer quantizer = Quantizers.of(quantizerSpec, TensorFiles.in(root));
      Files.writeString(
          root.resolve("fit.json"),
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report.toJson())
              + "\n");
      try (Bundle bundle = writer.finish(manifest(quantizerSpec, quantizer, positions))) {
        return bundle.fingerprint();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write bundle " + target, e);
    }
  }

  private boolean hasSlots() {
    return switch (spec.quantizer().family()) {
      case RESIDUAL, PRODUCT, QUANTILES, MINMAX -> true;
      case VQ, FSQ, LFQ, RANDOM_PROJECTION -> false;
    };
  }

  /** Copies every file but the tensors of the encoder's own quantizer. */
  private void copyModels(Path root) throws IOException {
    SortedSet<String> replaced = new TreeSet<>();
    encoder.manifest().quantizer().ifPresent(own -> texts(own.parameters().values(), replaced));
    for (String path : encoder.manifest().files().keySet()) {
      boolean tensor =
          replaced.stream().anyMatch(name -> name.equals(path) || name.startsWith(path + ":"));
      if (!tensor) {
        Path to = root.resolve(path);
        Files.createDirectories(to.getParent());
        Files.copy(encoder.file(path), to);
      }
    }
  }

  private static void texts(Collection<?> values, SortedSet<String> found) {
    for (Object value : values) {
      if (value instanceof String text) {
        found.add(text);
      } else if (value instanceof Collection<?> list) {
        texts(list, found);
      } else if (value instanceof Map<?, ?> map) {
        texts(map.values(), found);
      }
    }
  }

  /** The axes of the encoder's latents between the batch and the vector. */
  private record Positions(List<String> axes, List<Integer> extents) {}

  private Positions positions() {
    TokenizerManifest own = encoder.manifest();
    TokenLayout layout = own.layout();
    String slot =
        layout.slotAxis().isEmpty()
            ? own.quantizer()
                .map(spec -> Quantizers.of(spec, TensorFiles.in(encoder.root())).slotAxis())
                .orElse("")
            : layout.slotAxis();
    List<String> axes = new ArrayList<>();
    List<Integer> extents = new ArrayList<>();
    for (int i = 0; i < layout.axes().size(); i++) {
      if (!layout.axes().get(i).equals(slot)) {
        axes.add(layout.axes().get(i));
        extents.add(layout.shape().get(i));
      }
    }
    return new Positions(axes, extents);
  }

  private TokenizerManifest.Builder manifest(
      QuantizerSpec quantizerSpec, Quantizer quantizer, Positions positions) {
    TokenizerManifest own = encoder.manifest();
    List<String> axes = new ArrayList<>(positions.axes());
    List<Integer> extents = new ArrayList<>(positions.extents());
    if (!quantizer.slotAxis().isEmpty()) {
      axes.add(0, quantizer.slotAxis());
      extents.add(0, quantizer.idsPerVector());
    }
    List<Integer> radices = Arrays.stream(quantizer.radices()).boxed().toList();
    if (radices.stream().distinct().count() == 1) {
      radices = radices.subList(0, 1);
    }
    TokenizerManifest.Builder manifest =
        TokenizerManifest.builder(spec.name(), own.modality())
            .version(spec.version())
            .models(models(own, quantizer))
            .output(own.output())
            .randomness(own.randomness())
            .frontEnd(own.frontEnd())
            .quantizer(quantizerSpec)
            .layout(new TokenLayout(axes, extents, radices, quantizer.slotAxis(), List.of()))
            .licence(spec.licence())
            .source(
                "learned by tessera fit from the latents of "
                    + own.name()
                    + " "
                    + own.version()
                    + ", fingerprint "
                    + encoder.fingerprint());
    if (quantizer.droppable() && quantizer.idsPerVector() > 1) {
      manifest.prefix(new Prefix(quantizer.slotAxis(), 1, OptionalInt.of(-1)));
    }
    return manifest;
  }

  private static List<ModelSpec> models(TokenizerManifest own, Quantizer quantizer) {
    List<ModelSpec> models = own.models();
    boolean decodes =
        quantizer.decodable()
            && models.get(models.size() - 1).decode().stream()
                .anyMatch(decode -> decode.inputs().containsKey(Roles.LATENTS));
    return decodes
        ? models
        : models.stream()
            .map(
                model ->
                    ModelSpec.of(model.engine(), model.path(), model.encode())
                        .withBatch(model.batch()))
            .toList();
  }
}
