package org.tessera.model.tokenizer;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.ModelFile;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Neighbours;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.Engine;
import org.tessera.model.engine.Engines;
import org.tessera.model.engine.Finding;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.tensorflow.GraphSession;
import org.tessera.model.engine.tensorflow.TensorFlowEngine;
import org.tessera.model.npy.TensorFiles;
import org.tessera.model.quantize.CodeNeighbours;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.Quantizers;

/** Puts a tokenizer together from its bundle. Used once. */
final class TokenizerAssembly {
  private final Bundle bundle;
  private final TokenizerManifest manifest;
  private final TokenizerOptions options;
  private final Map<ModelFile, ModelSession> models = new LinkedHashMap<>();
  private final List<ModelSession> sessions = new ArrayList<>();
  private final List<ModelCall> encode = new ArrayList<>();
  private final List<ModelCall> decode = new ArrayList<>();
  private final List<ModelCall> features = new ArrayList<>();
  private final TokenizerManifest cut;
  private GraphSession quantizerSession;

  TokenizerAssembly(Bundle bundle, TokenizerOptions options) {
    this.bundle = bundle;
    this.manifest = bundle.manifest();
    this.options = options;
    this.cut = Prefixes.cut(manifest, options.keep());
  }

  Tokenizer assemble() {
    try {
      for (ModelSpec spec : manifest.models()) {
        for (ModelFile file : spec.allFiles()) {
          if (!models.containsKey(file)) {
            ModelSession session = load(file);
            models.put(file, session);
            sessions.add(session);
          }
        }
      }
      addEncode();
      addDecode();
      return new LoadedTokenizer(
          bundle, cut, options.keep(), sessions, encode, decode, encoder(), this::codeVectors);
    } catch (RuntimeException e) {
      features.forEach(ModelCall::close);
      encode.forEach(ModelCall::close);
      decode.forEach(ModelCall::close);
      sessions.forEach(ModelSession::close);
      throw e;
    }
  }

  private ModelSession load(ModelFile file) {
    Set<String> encoders = encoders(manifest, file);
    Set<String> signatures = new TreeSet<>(encoders);
    for (ModelSpec spec : manifest.models()) {
      if (spec.decodeFile().equals(file)) {
        spec.decode().ifPresent(signature -> signatures.add(signature.name()));
      }
    }
    Engine engine = Engines.of(file.engine());
    Path path = bundle.file(file.path());
    if (options.trust() == TokenizerOptions.Trust.CHECKED) {
      requireSafe(file, engine.scan(path, encoders, manifest.randomness()));
    }
    return engine.load(path, signatures, options.engine());
  }

  /** The encode signatures that a file holds. */
  static Set<String> encoders(TokenizerManifest manifest, ModelFile file) {
    return manifest.models().stream()
        .filter(spec -> spec.file().equals(file))
        .map(spec -> spec.encode().name())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void requireSafe(ModelFile file, List<Finding> findings) {
    List<String> errors =
        findings.stream()
            .filter(Finding::isError)
            .map(finding -> finding.place() + ": " + finding.message())
            .toList();
    if (!errors.isEmpty()) {
      throw new ModelException(
          "Cannot load "
              + file.path()
              + " of tokenizer "
              + manifest.name()
              + ": its graph is not safe to run\n- "
              + String.join("\n- ", errors));
    }
  }

  private void addEncode() {
    List<ModelSpec> specs = manifest.models();
    boolean quantizes = manifest.output() != ModelOutput.IDS && !manifest.isEncoder();
    for (int i = 0; i < specs.size(); i++) {
      SignatureSpec signature = specs.get(i).encode();
      boolean last = i == specs.size() - 1;
      if (last && manifest.output() != ModelOutput.IDS) {
        requireAxes(models.get(specs.get(i).file()), signature);
      }
      if (last && quantizes && models.get(specs.get(i).file()) instanceof GraphSession session) {
        requireSignature(session, signature);
        signature = encodeGraphs().extend(session, signature, manifest.output().id());
        quantizes = false;
      }
      encode.add(call(specs.get(i), specs.get(i).file(), signature, false));
    }
    Map<String, ElementType> counts = counts();
    if (quantizes) {
      boolean raw = specs.isEmpty();
      String role = raw ? Roles.SIGNAL : manifest.output().id();
      TensorSpec latents =
          raw
              ? TensorSpec.of(Roles.SIGNAL)
              : specs.get(specs.size() - 1).encode().outputs().get(role);
      encode.add(
          quantizerCall(encodeGraphs().defineEncode(quantizerSession(), role, latents, counts)));
    }
  }

  /** Checks the number of axes of what is quantized before anything runs. */
  private void requireAxes(ModelSession session, SignatureSpec signature) {
    TensorSpec latents = signature.outputs().get(manifest.output().id());
    ModelSignature.TensorInfo info =
        session.signature(signature.name()).outputs().get(latents.tensor());
    LatentAxes.of(manifest, this::quantizer).require(latents, info, manifest.lengthsVary());
  }

  /** The types of what the last model says about the number of ids, by role. */
  private Map<String, ElementType> counts() {
    Map<String, ElementType> counts = new TreeMap<>();
    if (!encode.isEmpty()) {
      ModelCall last = encode.get(encode.size() - 1);
      LatentGraphs.counts(last.signature())
          .forEach(
              (role, spec) ->
                  counts.put(role, Tensors.type(last.output(role).type(), spec.tensor())));
    }
    counts.forEach(
        (role, type) -> {
          if (!type.integral() && (type != ElementType.BOOL || !role.equals(Roles.KEPT))) {
            throw new ModelException(
                "Cannot use the output "
                    + role
                    + " of tokenizer "
                    + manifest.name()
                    + ": its element type is "
                    + type.id()
                    + " (cast it to "
                    + (role.equals(Roles.KEPT) ? "bool)" : "int32)"));
          }
        });
    return counts;
  }

  /** Checks the names before the graph is extended, so that the error is about the manifest. */
  private void requireSignature(GraphSession session, SignatureSpec signature) {
    new ModelCall(session, manifest.name(), signature, false, Optional.empty(), 0).close();
  }

  /** The encoders as they are, for whoever wants vectors instead of ids. */
  private LoadedTokenizer.Encoder encoder() {
    List<ModelSpec> specs = manifest.models();
    if (manifest.output() == ModelOutput.IDS) {
      return LoadedTokenizer.Encoder.NONE;
    }
    if (specs.isEmpty()) {
      LatentReader reader = new LatentReader(TensorSpec.of(Roles.SIGNAL), new int[0]);
      return new LoadedTokenizer.Encoder(List.of(), Roles.SIGNAL, reader);
    }
    String role = manifest.output().id();
    for (ModelSpec spec : specs) {
      features.add(call(spec, spec.file(), spec.encode(), false));
    }
    TensorSpec latents = specs.get(specs.size() - 1).encode().outputs().get(role);
    int[] order = {};
    if (!latents.axes().isEmpty()) {
      LatentAxes axes = LatentAxes.of(manifest, this::quantizer);
      order = Permutation.order(latents.vectorAxes(), axes.ordered(latents));
    }
    return new LoadedTokenizer.Encoder(features, role, new LatentReader(latents, order));
  }

  /** What the quantizer keeps for ids that the models return. */
  CodeVectors codeVectors() {
    String problem =
        manifest.quantizer().isEmpty()
            ? "it has no quantizer that says what vectors the ids stand for"
            : manifest.lengthsVary() ? "how many there are varies by sample" : "";
    if (!problem.isEmpty()) {
      throw new ModelException(
          "Cannot take features from tokenizer "
              + manifest.name()
              + ": its models return ids, and "
              + problem
              + " (give a bundle with output latents or logits, or add the quantizer)");
    }
    return new CodeVectors(manifest.name(), cut.layout(), quantizer());
  }

  private void addDecode() {
    List<ModelSpec> specs = manifest.models();
    if (specs.isEmpty()) {
      if (quantizer().decodable()) {
        TensorSpec signal = TensorSpec.of(Roles.SIGNAL);
        decode.add(
            quantizerCall(decodeGraphs().defineDecode(quantizerSession(), Roles.SIGNAL, signal)));
      }
      return;
    }
    if (specs.get(0).decode().isEmpty()) {
      return;
    }
    if (manifest.isEncoder()) {
      // It waits for a quantizer; only its names are checked.
      for (ModelSpec spec : specs) {
        spec.decode().ifPresent(decoder -> call(spec, spec.decodeFile(), decoder, true).close());
      }
      return;
    }
    for (int i = specs.size() - 1; i >= 0; i--) {
      Optional<SignatureSpec> signature = specs.get(i).decode();
      if (signature.isPresent()) {
        if (decode.isEmpty() && !signature.get().inputs().containsKey(Roles.IDS)) {
          addDequantizer(signature.get());
        }
        decode.add(call(specs.get(i), specs.get(i).decodeFile(), signature.get(), true));
      }
    }
  }

  private void addDequantizer(SignatureSpec decoder) {
    if (!quantizer().decodable()) {
      throw new ModelException(
          "Cannot load tokenizer "
              + manifest.name()
              + ": its decoder takes latents, but its quantizer keeps no vectors for its ids"
              + " (remove the decode signature)");
    }
    TensorSpec latents = decoder.inputs().get(Roles.LATENTS);
    decode.add(
        quantizerCall(decodeGraphs().defineDecode(quantizerSession(), Roles.LATENTS, latents)));
  }

  private ModelCall call(
      ModelSpec spec, ModelFile file, SignatureSpec signature, boolean leadsBack) {
    return new ModelCall(
        models.get(file),
        file.path(),
        signature,
        leadsBack,
        batches(spec.batch()),
        manifest.randomness().seed());
  }

  private ModelCall quantizerCall(SignatureSpec signature) {
    return new ModelCall(quantizerSession(), "the quantizer", signature, false, batches(0), 0);
  }

  /** For a model that takes this batch size, or any when it is 0. */
  private Optional<FixedBatches> batches(int batch) {
    if (options.numerics() == TokenizerOptions.Numerics.EXACT) {
      return Optional.of(new FixedBatches(Math.max(1, batch), 1));
    }
    return batch == 0 ? Optional.empty() : Optional.of(new FixedBatches(batch, batch));
  }

  /** The session in which a quantizer stands that is not behind a TensorFlow model. */
  private GraphSession quantizerSession() {
    if (quantizerSession == null) {
      quantizerSession =
          TensorFlowEngine.empty("the quantizer of " + manifest.name(), options.engine());
      sessions.add(quantizerSession);
    }
    return quantizerSession;
  }

  /** The quantizer behind the encoder; levels and scales that are not kept are not computed. */
  private LatentGraphs encodeGraphs() {
    Quantizer quantizer = quantizer();
    if (options.keep().isEmpty() || !cutsVectors(quantizer)) {
      return graphs(cut.layout(), quantizer, neighbours(quantizer));
    }
    try {
      Quantizer first = Quantizers.first(quantizer, options.keep().getAsInt());
      return graphs(cut.layout(), first, neighbours(first));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot keep "
              + options.keep().getAsInt()
              + " ids of tokenizer "
              + manifest.name()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private LatentGraphs graphs(TokenLayout layout, Quantizer quantizer, int neighbours) {
    return new LatentGraphs(manifest.name(), layout, quantizer, neighbours);
  }

  /** How many best codes the manifest asks for; 0 for none. */
  private int neighbours(Quantizer quantizer) {
    int count = manifest.neighbours().map(Neighbours::count).orElse(0);
    if (count > 0) {
      try {
        CodeNeighbours.check(quantizer, count);
      } catch (IllegalArgumentException e) {
        throw new ModelException(
            "Cannot give neighbours with tokenizer " + manifest.name() + ": " + e.getMessage(), e);
      }
    }
    return count;
  }

  /** Whether the axis that is cut tells the ids of one vector apart. */
  private boolean cutsVectors(Quantizer quantizer) {
    String slot = manifest.layout().slotAxis();
    String axis = manifest.prefix().orElseThrow().axis();
    return axis.equals(slot.isEmpty() ? quantizer.slotAxis() : slot);
  }

  private LatentGraphs decodeGraphs() {
    return graphs(manifest.layout(), quantizer(), 0);
  }

  private Quantizer quantizer() {
    return quantizer(manifest.quantizer().orElseThrow());
  }

  private Quantizer quantizer(QuantizerSpec spec) {
    try {
      return Quantizers.of(spec, TensorFiles.in(bundle.root()));
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new ModelException(
          "Cannot use the quantizer of tokenizer " + manifest.name() + ": " + e.getMessage(), e);
    }
  }
}
