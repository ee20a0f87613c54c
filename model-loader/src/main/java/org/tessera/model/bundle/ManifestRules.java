package org.tessera.model.bundle;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.tessera.model.engine.Engines;

/** What must hold between the parts of a manifest. */
final class ManifestRules {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final TokenizerManifest manifest;
  private final Problems problems;

  private ManifestRules(TokenizerManifest manifest, Problems problems) {
    this.manifest = manifest;
    this.problems = problems;
  }

  static void check(TokenizerManifest manifest, Problems problems) {
    ManifestRules rules = new ManifestRules(manifest, problems);
    rules.checkNames();
    rules.checkModels();
    rules.checkQuantizer();
    rules.checkRadices();
    rules.checkRandomness();
    rules.checkPrefix();
    rules.checkKept();
    rules.checkNeighbours();
    rules.checkFiles();
  }

  private void checkNames() {
    if (!NAME.matcher(manifest.name()).matches()) {
      problems.add(
          "name", "cannot use " + manifest.name() + " (letters, digits, . _ - only, at most 128)");
    }
    if (manifest.version().isBlank()) {
      problems.add("version", "empty (give the author's version, e.g. 1)");
    }
  }

  private void checkModels() {
    List<ModelSpec> models = manifest.models();
    if (models.isEmpty() && manifest.output() != ModelOutput.LATENTS) {
      problems.add(
          "models", "empty (without a model the output is latents: the front-end's features)");
    }
    if (models.size() > 2) {
      problems.add("models", models.size() + " models (a chain has at most two)");
    }
    for (int i = 0; i < models.size(); i++) {
      checkModel(models.get(i), i);
    }
    if (models.size() == 2) {
      checkLink(models.get(0).encode(), models.get(1).encode(), "models[1].encode.inputs");
      Optional<SignatureSpec> first = models.get(0).decode();
      Optional<SignatureSpec> second = models.get(1).decode();
      if (first.isPresent() && second.isPresent()) {
        checkLink(second.get(), first.get(), "models[0].decode.inputs");
      } else if (second.isPresent()) {
        problems.add("models[0].decode", "missing (the second model's decode leads into it)");
      }
    }
  }

  private void checkModel(ModelSpec model, int index) {
    String place = "models[" + index + "]";
    checkFile(model.file(), place);
    model.decoder().ifPresent(decoder -> checkFile(decoder, place + ".decode"));
    if (model.batch() < 0) {
      problems.add(place + ".batch", "cannot be " + model.batch() + " (0 for any)");
    }
    boolean last = index == manifest.models().size() - 1;
    if (index == 0) {
      requireSignal(place + ".encode.inputs");
      model
          .decode()
          .ifPresent(
              decode ->
                  requireRole(decode.outputs().keySet(), Roles.SIGNAL, place + ".decode.outputs"));
    }
    if (last) {
      requireRole(
          model.encode().outputs().keySet(), manifest.output().id(), place + ".encode.outputs");
      model.decode().ifPresent(decode -> checkDecodeInputs(decode, place + ".decode.inputs"));
    }
    TensorRules rules = new TensorRules(model, manifest.layout(), last, problems);
    rules.check(model.encode(), true, place + ".encode");
    model.decode().ifPresent(decode -> rules.check(decode, false, place + ".decode"));
  }

  private void checkFile(ModelFile file, String place) {
    if (!Engines.names().contains(file.engine())) {
      problems.add(
          place + ".engine",
          "unknown engine "
              + file.engine()
              + " ("
              + Suggestions.of(file.engine(), Engines.names())
              + ")");
    }
    Optional<String> wrongPath = BundlePaths.problem(file.path());
    wrongPath.ifPresent(problem -> problems.add(place + ".path", problem));
    if (wrongPath.isEmpty()
        && !manifest.files().isEmpty()
        && manifest.files().keySet().stream().noneMatch(name -> under(name, file.path()))) {
      problems.add(place + ".path", "no file of the bundle is at " + file.path());
    }
  }

  private void checkDecodeInputs(SignatureSpec decode, String place) {
    Set<String> roles = decode.inputs().keySet();
    if (roles.contains(Roles.IDS) == roles.contains(Roles.LATENTS)) {
      problems.add(place, "give either the role ids or the role latents");
    } else if (roles.contains(Roles.LATENTS)
        && manifest.quantizer().isEmpty()
        && !manifest.isEncoder()) {
      problems.add(place, "latents need a quantizer that turns ids into them (add one)");
    }
  }

  private void checkLink(SignatureSpec from, SignatureSpec to, String place) {
    Set<String> linked = new TreeSet<>(from.outputs().keySet());
    linked.retainAll(to.inputs().keySet());
    if (linked.isEmpty()) {
      problems.add(
          place,
          "no role is among the other model's outputs "
              + from.outputs().keySet()
              + " (give the linked tensors the same role)");
    }
  }

  /** Some model takes the signal; the first one may take another input of the front-end. */
  private void requireSignal(String place) {
    if (manifest.models().stream()
        .noneMatch(model -> model.encode().inputs().containsKey(Roles.SIGNAL))) {
      requireRole(manifest.models().get(0).encode().inputs().keySet(), Roles.SIGNAL, place);
    }
  }

  private void requireRole(Set<String> roles, String role, String place) {
    if (!roles.contains(role)) {
      String hint = roles.isEmpty() ? "add it" : "add it; there is " + String.join(", ", roles);
      problems.add(place, "no tensor with the role " + role + " (" + hint + ")");
    }
  }

  private void checkQuantizer() {
    if (manifest.quantizer().isEmpty()
        && manifest.output() != ModelOutput.IDS
        && !manifest.isEncoder()) {
      problems.add(
          "quantizer", "missing (the model returns " + manifest.output().id() + ", not ids)");
    }
  }

  /** Codes are counted where there are ids. */
  private void checkRadices() {
    if (manifest.isEncoder() && !manifest.layout().radices().isEmpty()) {
      problems.add(
          "quantizer",
          "missing (the model returns latents, not ids; or leave layout.radices out for an encoder"
              + " that tessera fit learns from)");
    } else if (!manifest.isEncoder() && manifest.layout().radices().isEmpty()) {
      problems.add("layout.radices", "missing (give the number of codes of each slot)");
    }
  }

  private void checkRandomness() {
    boolean seeded = manifest.randomness().policy() == Randomness.Policy.SEED;
    boolean input =
        manifest.models().stream()
            .anyMatch(model -> model.encode().inputs().containsKey(Roles.SEED));
    if (seeded && !input) {
      problems.add("randomness.policy", "seed needs an encode input with the role seed (add it)");
    }
    if (input && !seeded) {
      problems.add("randomness", "an encode input has the role seed (declare the policy seed)");
    }
  }

  private void checkPrefix() {
    if (manifest.prefix().isEmpty()) {
      return;
    }
    Prefix prefix = manifest.prefix().get();
    if (manifest.isEncoder()) {
      problems.add("prefix", "without a quantizer there are no ids to keep (leave it out)");
    }
    if (!manifest.layout().axes().contains(prefix.axis())) {
      problems.add(
          "prefix.axis",
          "the layout has no axis "
              + prefix.axis()
              + " ("
              + Suggestions.of(prefix.axis(), manifest.layout().axes())
              + ")");
    }
    if (prefix.minimum() < 1) {
      problems.add("prefix.minimum", "cannot be " + prefix.minimum() + " (at least 1)");
    }
  }

  /** A mask is of the positions along the last axis, and a decoder must know them. */
  private void checkKept() {
    if (manifest.models().isEmpty()) {
      return;
    }
    int last = manifest.models().size() - 1;
    ModelSpec model = manifest.models().get(last);
    boolean decoderTakes =
        model.decode().filter(decode -> decode.inputs().containsKey(Roles.KEPT)).isPresent();
    if (!manifest.keepsPositions()) {
      if (decoderTakes) {
        problems.add(
            "models[" + last + "].decode.inputs.kept", "the encoder has no output kept (add it)");
      }
      return;
    }
    String place = "models[" + last + "].encode.outputs.kept";
    if (model.encode().outputs().containsKey(Roles.LENGTHS)) {
      problems.add(place, "there is lengths, too (a mask says both: remove lengths)");
    }
    if (model.encode().outputs().get(Roles.KEPT).axes().indexOf(Roles.BATCH_AXIS) > 0) {
      problems.add(place + ".axes", "the batch axis of a mask comes first (transpose it)");
    }
    TokenLayout layout = manifest.layout();
    int axis = layout.axes().size() - 1;
    if (layout.shape().get(axis) < 1
        || layout.axes().get(axis).equals(layout.slotAxis())
        || !layout.scales().isEmpty()) {
      problems.add(
          place,
          "a mask is of the positions along the layout's last axis, here "
              + layout.axes().get(axis)
              + " (let it be no slot axis, give its extent, and no scales)");
    }
    for (int i = 0; i < manifest.frontEnd().size(); i++) {
      for (String trim : List.of("trim_front", "trim_back")) {
        if (manifest.frontEnd().get(i).parameters().get(trim) instanceof Number tokens
            && tokens.doubleValue() != 0) {
          problems.add(
              "front_end[" + i + "]." + trim,
              "the model says itself which tokens it keeps (let its mask drop these, too)");
        }
      }
    }
    if (model.decode().isPresent() && !decoderTakes) {
      problems.add(
          "models[" + last + "].decode.inputs",
          "no tensor with the role kept (the decoder must know which positions have ids)");
    }
  }

  private void checkNeighbours() {
    if (manifest.neighbours().isEmpty()) {
      return;
    }
    if (manifest.neighbours().get().count() < 1) {
      problems.add(
          "neighbours.count", "cannot be " + manifest.neighbours().get().count() + " (at least 1)");
    }
    if (manifest.isEncoder()) {
      problems.add("neighbours", "without a quantizer there are no codes to rank (leave it out)");
    } else if (manifest.output() != ModelOutput.LATENTS) {
      problems.add(
          "neighbours",
          "the model returns "
              + manifest.output().id()
              + " (only a quantizer of latents ranks its codes)");
    }
  }

  private void checkFiles() {
    manifest
        .files()
        .keySet()
        .forEach(path -> BundlePaths.problem(path).ifPresent(text -> problems.add("files", text)));
  }

  private static boolean under(String file, String path) {
    return file.equals(path) || file.startsWith(path + "/");
  }
}
