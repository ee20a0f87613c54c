package org.tessera.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.ManifestJson;
import org.tessera.model.bundle.ModelFile;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Randomness;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.Engine;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.engine.Engines;
import org.tessera.model.engine.Finding;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;

/**
 * Makes a bundle of model files and a specification: a manifest without {@code files}, whose paths
 * are those of the user's files. What the models themselves say (engine, the only signature, the
 * only input or output) need not be written. Used once.
 */
public final class BundleCreator {
  private static final String TENSOR_FILE = ".*\\.np[yz](:[^/]*)?";

  private final ObjectNode spec;
  private final Path directory;
  private final Path target;
  private final Map<String, Path> copies = new TreeMap<>();

  private BundleCreator(ObjectNode spec, Path directory, Path target) {
    this.spec = spec;
    this.directory = directory;
    this.target = target;
  }

  /**
   * Makes and verifies a bundle.
   *
   * @param spec the specification, e.g. read from YAML
   * @param directory what relative paths in it are relative to
   * @param target where the bundle goes; a name that ends in {@code .zip} makes a zip file
   * @return the bundle; the caller closes it
   * @throws BundleException when something does not fit, saying what the models offer; nothing is
   *     left at the target then
   */
  public static Bundle create(JsonNode spec, Path directory, Path target) {
    return create(spec, directory, target, manifest -> {}, warning -> {});
  }

  /**
   * As the other form, with a check of the manifest before anything is written.
   *
   * @param check judges what only its caller can, such as the steps of the front-end; what it
   *     throws goes on to the caller
   * @param warnings hears of what someone should look at
   */
  public static Bundle create(
      JsonNode spec,
      Path directory,
      Path target,
      Consumer<TokenizerManifest> check,
      Consumer<Finding> warnings) {
    if (!(spec instanceof ObjectNode object)) {
      throw new BundleException(
          "Cannot create bundle " + target + ": the specification is no object (see BUNDLE.md)");
    }
    return new BundleCreator(object.deepCopy(), directory, target).create(check, warnings);
  }

  private Bundle create(Consumer<TokenizerManifest> check, Consumer<Finding> warnings) {
    if (!spec.has("format")) {
      spec.put("format", TokenizerManifest.FORMAT);
    }
    if (!spec.path("files").isEmpty()) {
      throw fail("files are found and digested here (leave the key out)");
    }
    spec.putObject("files");
    if (!spec.has("models")) {
      spec.putArray("models");
    }
    if (!spec.has("front_end")) {
      spec.putArray("front_end");
    }
    JsonNode models = spec.get("models");
    for (int i = 0; i < models.size(); i++) {
      if (models.get(i) instanceof ObjectNode model) {
        addModel(model, i, models.size());
      }
    }
    if (spec.get("quantizer") instanceof ObjectNode quantizer) {
      addTensors(quantizer);
    }
    TokenizerManifest manifest = ManifestJson.read(spec, "Cannot create bundle " + target);
    check.accept(manifest);
    return write(manifest, warnings);
  }

  private Bundle write(TokenizerManifest manifest, Consumer<Finding> warnings) {
    try (BundleWriter writer = BundleWriter.to(target)) {
      copies.forEach((path, file) -> writer.add(file, path));
      Bundle bundle = writer.finish(manifest.toBuilder());
      List<Finding> findings = BundleVerifier.verify(bundle);
      List<Finding> errors = findings.stream().filter(Finding::isError).toList();
      if (!errors.isEmpty()) {
        bundle.close();
        remove(target);
        throw fail(
            String.join("\n- ", errors.stream().map(Finding::message).toList()) + offers(manifest));
      }
      findings.forEach(warnings);
      return bundle;
    }
  }

  private static void remove(Path root) {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new BundleException("Cannot remove " + root + ": " + e, e);
    }
  }

  private void addModel(ObjectNode model, int index, int count) {
    String place = "models[" + index + "]";
    String folder = count == 1 ? "model" : "model-" + (index + 1);
    boolean split = model.path("decode").has("path");
    List<ModelSignature> signatures = addFile(model, place, split ? folder + "-encoder" : folder);
    if (!model.has("encode")) {
      model.putObject("encode");
    }
    if (model.get("encode") instanceof ObjectNode encode) {
      complete(encode, signatures, place + ".encode", count);
    }
    if (model.get("decode") instanceof ObjectNode decode) {
      complete(
          decode,
          split ? addFile(decode, place + ".decode", folder + "-decoder") : signatures,
          place + ".decode",
          count);
    }
  }

  /** Notes a model file for copying, rewrites its path, and returns what the model offers. */
  private List<ModelSignature> addFile(ObjectNode node, String place, String name) {
    String written = node.path("path").asText("");
    if (written.isEmpty()) {
      throw fail(place + ".path is missing (name the SavedModel or .onnx file)");
    }
    Path file = resolve(written);
    Engine engine =
        Engines.recognizing(file)
            .orElseThrow(
                () ->
                    fail(
                        place
                            + ".path: "
                            + file
                            + (Files.exists(file)
                                ? " is neither a SavedModel directory nor an .onnx file (export the"
                                    + " model as one of them: see Bring your own model in"
                                    + " model-loader/BUNDLE.md; checkpoints are never read)"
                                : " does not exist")));
    if (!node.has("engine")) {
      node.put("engine", engine.name());
    }
    List<Path> companions = engine.companions(file);
    String path = name;
    if (!Files.isDirectory(file)) {
      path = companions.isEmpty() ? name + ".onnx" : name + "/" + file.getFileName();
    }
    node.put("path", path);
    copies.put(path, file);
    for (Path companion : companions) {
      Path from = file.getParent().resolve(companion).normalize();
      copies.put(name + "/" + companion.normalize(), from);
    }
    requireSafe(engine, file);
    return signatures(engine, file);
  }

  /** Refuses before anything of the model is run. */
  private void requireSafe(Engine engine, Path file) {
    List<String> errors =
        engine.scan(file, Set.of(), Randomness.NONE).stream()
            .filter(Finding::isError)
            .map(finding -> finding.place() + ": " + finding.message())
            .toList();
    if (!errors.isEmpty()) {
      throw fail(file + " is not safe to run\n- " + String.join("\n- ", errors));
    }
  }

  private List<ModelSignature> signatures(Engine engine, Path file) {
    try (ModelSession session = engine.load(file, Set.of(), EngineOptions.threads(1))) {
      return session.signatures();
    } catch (ModelException e) {
      throw new BundleException("Cannot create bundle " + target + ": " + e.getMessage(), e);
    }
  }

  /** Fills in what can only be one thing, and says what there is where it cannot. */
  private void complete(
      ObjectNode signature, List<ModelSignature> signatures, String place, int count) {
    String wanted = signature.path("signature").asText("");
    String name = wanted.isEmpty() ? SignatureSpec.DEFAULT_NAME : wanted;
    ModelSignature found =
        signatures.stream()
            .filter(candidate -> candidate.name().isEmpty() || candidate.name().equals(name))
            .findFirst()
            .orElse(wanted.isEmpty() && signatures.size() == 1 ? signatures.get(0) : null);
    if (signatures.isEmpty()) {
      throw fail(
          place
              + ".signature: the model serves none (save it with signatures, e.g."
              + " tf.saved_model.save(module, path, signatures={\"serving_default\": function}))");
    }
    if (found == null) {
      throw fail(
          place
              + ".signature: "
              + (wanted.isEmpty() ? "missing" : "there is no " + wanted)
              + offers(signatures));
    }
    if (wanted.isEmpty() && !found.name().isEmpty()) {
      signature.put("signature", found.name());
    }
    boolean encode = place.endsWith("encode");
    String result = encode ? spec.path("output").asText("ids") : "signal";
    if (count == 1) {
      single(signature, "inputs", encode ? "signal" : "ids", List.copyOf(found.inputs().keySet()));
      single(signature, "outputs", result, List.copyOf(found.outputs().keySet()));
    }
    for (String side : List.of("inputs", "outputs")) {
      if (!signature.has(side)) {
        throw fail(place + "." + side + ": missing" + offers(signatures));
      }
      requireNames(signature.get(side), found, side, place, signatures);
    }
  }

  private void requireNames(
      JsonNode tensors,
      ModelSignature found,
      String side,
      String place,
      List<ModelSignature> signatures) {
    Set<String> names = side.equals("inputs") ? found.inputs().keySet() : found.outputs().keySet();
    for (JsonNode tensor : tensors) {
      List<String> wanted = new ArrayList<>();
      tensor.path("tensors").forEach(name -> wanted.add(name.asText("")));
      if (wanted.isEmpty()) {
        wanted.add(tensor.isTextual() ? tensor.textValue() : tensor.path("tensor").asText(""));
      }
      for (String name : wanted) {
        if (!names.contains(name)) {
          throw fail(place + "." + side + ": the model has no " + name + offers(signatures));
        }
      }
    }
  }

  private static void single(ObjectNode signature, String side, String role, List<String> names) {
    if (!signature.has(side) && names.size() == 1) {
      signature.putObject(side).put(role, names.get(0));
    }
  }

  private static String offers(List<ModelSignature> signatures) {
    StringBuilder text = new StringBuilder("\nThe model has");
    signatures.forEach(signature -> text.append("\n  ").append(signature));
    return text.toString();
  }

  private String offers(TokenizerManifest manifest) {
    List<ModelSignature> all = new ArrayList<>();
    for (ModelSpec model : manifest.models()) {
      for (ModelFile file : model.allFiles()) {
        all.addAll(signatures(Engines.of(file.engine()), copies.get(file.path())));
      }
    }
    return all.isEmpty() ? "" : offers(all);
  }

  /** Copies the files that quantizer parameters name, and rewrites the names. */
  private void addTensors(ObjectNode quantizer) {
    List<String> keys = new ArrayList<>();
    quantizer.fieldNames().forEachRemaining(keys::add);
    for (String key : keys) {
      JsonNode value = quantizer.get(key);
      if (value.isTextual()) {
        quantizer.put(key, tensor(value.textValue()));
      } else if (value instanceof ArrayNode list) {
        for (int i = 0; i < list.size(); i++) {
          if (list.get(i).isTextual()) {
            list.set(i, tensor(list.get(i).textValue()));
          } else if (list.get(i) instanceof ObjectNode part) {
            addTensors(part);
          }
        }
      } else if (value instanceof ObjectNode nested) {
        addTensors(nested);
      }
    }
  }

  private String tensor(String name) {
    if (!name.matches(TENSOR_FILE)) {
      if (name.contains(".") && Files.isRegularFile(resolve(name))) {
        throw fail(
            "quantizer: "
                + resolve(name)
                + " is no tensor (write numbers with numpy.save as a .npy file, or name an array of a"
                + " .npz file, FILE.npz:ARRAY; other files are never read)");
      }
      return name;
    }
    int colon = name.indexOf(".npz:");
    String path = colon < 0 ? name : name.substring(0, colon + 4);
    Path file = resolve(path);
    if (!Files.isRegularFile(file)) {
      throw fail("quantizer: " + file + " does not exist");
    }
    String base = "tensors/" + file.getFileName();
    Path other = copies.putIfAbsent(base, file);
    if (other != null && !other.equals(file)) {
      throw fail("quantizer: two files have the name " + file.getFileName() + " (rename one)");
    }
    return base + (colon < 0 ? "" : name.substring(colon + 4));
  }

  private Path resolve(String path) {
    return directory.resolve(path).toAbsolutePath().normalize();
  }

  private BundleException fail(String problem) {
    return new BundleException("Cannot create bundle " + target + ": " + problem);
  }
}
