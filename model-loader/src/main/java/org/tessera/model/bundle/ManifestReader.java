package org.tessera.model.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.engine.ElementType;

/** From JSON to a manifest; every problem is collected before any is reported. */
final class ManifestReader {
  static final List<String> KEYS =
      List.of(
          "format",
          "name",
          "version",
          "modality",
          "models",
          "output",
          "randomness",
          "front_end",
          "quantizer",
          "layout",
          "prefix",
          "neighbours",
          "licence",
          "source",
          "files");
  static final List<String> MODEL_KEYS = List.of("engine", "path", "encode", "decode", "batch");
  static final List<String> SIGNATURE_KEYS = List.of("signature", "inputs", "outputs");
  static final List<String> DECODE_KEYS =
      List.of("engine", "path", "signature", "inputs", "outputs");
  static final List<String> TENSOR_KEYS =
      List.of(
          "tensor",
          "tensors",
          "each",
          "type",
          "axes",
          "shape",
          "value",
          "extent",
          "extents",
          "of",
          "shift",
          "scale",
          "trim_front",
          "trim_back");
  static final List<String> LAYOUT_KEYS =
      List.of("axes", "shape", "radices", "slot_axis", "scales");
  static final List<String> RANDOMNESS_KEYS = List.of("policy", "seed");
  static final List<String> PREFIX_KEYS = List.of("axis", "minimum", "fill");
  static final List<String> NEIGHBOURS_KEYS = List.of("count", "perturb");
  static final List<String> PERTURB_KEYS = List.of("alpha", "beta", "seed");

  private final Problems problems;

  private ManifestReader(Problems problems) {
    this.problems = problems;
  }

  /**
   * Reads a manifest.
   *
   * @throws BundleException listing every problem
   */
  static TokenizerManifest read(JsonNode root, String subject) {
    Problems problems = new Problems(subject);
    ManifestReader reader = new ManifestReader(problems);
    Optional<TokenizerManifest> manifest = reader.manifest(root);
    manifest.ifPresent(value -> ManifestRules.check(value, problems));
    problems.throwIfAny();
    return manifest.orElseThrow();
  }

  private Optional<TokenizerManifest> manifest(JsonNode root) {
    JsonFields fields = new JsonFields(root, "", problems, KEYS);
    if (fields.require("format")) {
      int format = fields.integer("format", TokenizerManifest.FORMAT);
      if (format != TokenizerManifest.FORMAT) {
        problems.add(
            "format", "this Tessera reads format " + TokenizerManifest.FORMAT + ", not " + format);
      }
    }
    String name = fields.text("name");
    String version = fields.text("version");
    Modality modality =
        Modality.of(
            fields.choice(
                "modality", "", Arrays.stream(Modality.values()).map(Modality::id).toList()));
    fields.require("models");
    List<ModelSpec> models = fields.list("models", this::model);
    ModelOutput output =
        ModelOutput.valueOf(
            upper(
                fields.choice(
                    "output",
                    "",
                    Arrays.stream(ModelOutput.values()).map(ModelOutput::id).toList())));
    Randomness randomness =
        fields.has("randomness") ? randomness(fields.optional("randomness")) : Randomness.NONE;
    fields.require("front_end");
    List<Step> frontEnd = fields.list("front_end", this::step);
    Optional<QuantizerSpec> quantizer =
        fields.has("quantizer")
            ? Optional.of(quantizer(fields.optional("quantizer")))
            : Optional.empty();
    Optional<TokenLayout> layout = layout(fields.required("layout"));
    Optional<Prefix> prefix =
        fields.has("prefix") ? Optional.of(prefix(fields.optional("prefix"))) : Optional.empty();
    Optional<Neighbours> neighbours =
        fields.has("neighbours")
            ? Optional.of(neighbours(fields.optional("neighbours")))
            : Optional.empty();
    String licence = fields.text("licence", "");
    String source = fields.text("source", "");
    fields.require("files");
    SortedMap<String, String> files = fields.map("files", this::digest);
    return layout.map(
        present ->
            new TokenizerManifest(
                name,
                version,
                modality,
                models,
                output,
                randomness,
                frontEnd,
                quantizer,
                present,
                prefix,
                neighbours,
                licence,
                source,
                files));
  }

  private ModelSpec model(JsonNode node, String place) {
    JsonFields fields = new JsonFields(node, place, problems, MODEL_KEYS);
    String engine = fields.text("engine");
    SignatureSpec encode =
        signature(fields.required("encode"), fields.at("encode"), SIGNATURE_KEYS);
    Optional<SignatureSpec> decode = Optional.empty();
    Optional<ModelFile> decoder = Optional.empty();
    if (fields.has("decode")) {
      JsonNode written = fields.optional("decode");
      decode = Optional.of(signature(written, fields.at("decode"), DECODE_KEYS));
      decoder = decoder(written, fields.at("decode"), engine);
    }
    return new ModelSpec(
        engine, fields.text("path"), encode, decode, decoder, fields.integer("batch", 0));
  }

  private Optional<ModelFile> decoder(JsonNode decode, String place, String engine) {
    JsonFields fields = new JsonFields(decode, place, new Problems(""), JsonFields.keys(decode));
    if (!fields.has("path")) {
      if (fields.has("engine")) {
        problems.add(fields.at("engine"), "an engine without a path (name the decoder's file)");
      }
      return Optional.empty();
    }
    JsonFields checked = new JsonFields(decode, place, problems, JsonFields.keys(decode));
    return Optional.of(new ModelFile(checked.text("engine", engine), checked.text("path")));
  }

  private SignatureSpec signature(JsonNode node, String place, List<String> keys) {
    if (node.isMissingNode() || node.isNull()) {
      return SignatureSpec.of(SignatureSpec.DEFAULT_NAME, new TreeMap<>(), new TreeMap<>());
    }
    JsonFields fields = new JsonFields(node, place, problems, keys);
    fields.require("inputs");
    fields.require("outputs");
    return new SignatureSpec(
        fields.text("signature", SignatureSpec.DEFAULT_NAME),
        fields.map("inputs", this::tensor),
        fields.map("outputs", this::tensor));
  }

  private TensorSpec tensor(JsonNode node, String place) {
    if (node.isTextual()) {
      return TensorSpec.of(node.textValue());
    }
    JsonFields fields = new JsonFields(node, place, problems, TENSOR_KEYS);
    Optional<ElementType> type = Optional.empty();
    if (fields.has("type")) {
      List<String> names = Arrays.stream(ElementType.values()).map(ElementType::id).toList();
      type = Optional.of(ElementType.valueOf(upper(fields.choice("type", "", names))));
    }
    Optional<TensorSpec.Scaling> scaling =
        fields.has("shift") || fields.has("scale")
            ? Optional.of(
                new TensorSpec.Scaling(fields.number("shift", 0), fields.number("scale", 1)))
            : Optional.empty();
    List<String> tensors = fields.texts("tensors");
    if (fields.has("tensors") && (fields.has("tensor") || tensors.size() < 2)) {
      problems.add(fields.at("tensors"), "several names stand in place of tensor (one is tensor)");
    }
    boolean several = tensors.size() > 1;
    return new TensorSpec(
        several ? tensors.get(0) : fields.text("tensor"),
        new TensorSpec.Beside(
            several ? tensors.subList(1, tensors.size()) : List.of(), fields.integers("each")),
        type,
        fields.texts("axes"),
        fields.integers("shape"),
        new TensorSpec.Trim(fields.integer("trim_front", 0), fields.integer("trim_back", 0)),
        value(fields),
        scaling);
  }

  private Optional<TensorSpec.Constant> value(JsonFields fields) {
    boolean filling = fields.has("extents");
    if (fields.has("extent")) {
      if (fields.has("value") || filling) {
        problems.add(fields.at("extent"), "the extent is the value (leave value and extents out)");
      }
      return Optional.of(
          TensorSpec.Constant.extent(fields.integer("extent", 0))
              .of(fields.text("of", Roles.SIGNAL)));
    }
    if (fields.has("of") && !filling) {
      problems.add(fields.at("of"), "it is for extent and extents (leave it out)");
    }
    if (!fields.has("value")) {
      if (filling) {
        problems.add(fields.at("extents"), "nothing fills them (add value, a number)");
      }
      return Optional.empty();
    }
    TensorSpec.Constant constant = constant(fields.optional("value"), fields.at("value"));
    if (filling && !constant.shape().isEmpty()) {
      problems.add(fields.at("value"), "a list cannot fill extents (give a number)");
    }
    return Optional.of(
        filling
            ? constant.filling(fields.integers("extents")).of(fields.text("of", Roles.SIGNAL))
            : constant);
  }

  private TensorSpec.Constant constant(JsonNode node, String place) {
    Object value = JsonValues.toJava(node, place, problems);
    if (value instanceof Number number) {
      return TensorSpec.Constant.scalar(number);
    }
    if (value instanceof List<?> list && list.stream().allMatch(Number.class::isInstance)) {
      return TensorSpec.Constant.vector(list.stream().map(Number.class::cast).toList());
    }
    problems.add(place, "give a number or a list of numbers, not " + JsonFields.kind(node));
    return TensorSpec.Constant.scalar(0);
  }

  private Step step(JsonNode node, String place) {
    SortedMap<String, Object> parameters = named(node, place, "step");
    String name = String.valueOf(parameters.remove("step"));
    return new Step(name, parameters);
  }

  private QuantizerSpec quantizer(JsonNode node) {
    SortedMap<String, Object> parameters = named(node, "quantizer", "family");
    String family = String.valueOf(parameters.remove("family"));
    return new QuantizerSpec(family, parameters);
  }

  /** An object with one text key that names it and free parameters beside. */
  private SortedMap<String, Object> named(JsonNode node, String place, String nameKey) {
    JsonFields fields = new JsonFields(node, place, problems, JsonFields.keys(node));
    fields.text(nameKey);
    SortedMap<String, Object> parameters = new TreeMap<>();
    for (String key : JsonFields.keys(node)) {
      parameters.put(key, JsonValues.toJava(node.get(key), place + "." + key, problems));
    }
    return parameters;
  }

  private Optional<TokenLayout> layout(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    JsonFields fields = new JsonFields(node, "layout", problems, LAYOUT_KEYS);
    fields.require("axes");
    fields.require("shape");
    try {
      return Optional.of(
          new TokenLayout(
              fields.texts("axes"),
              fields.integers("shape"),
              fields.integers("radices"),
              fields.text("slot_axis", ""),
              fields.integers("scales")));
    } catch (IllegalArgumentException e) {
      problems.add("layout", e.getMessage());
      return Optional.empty();
    }
  }

  private Randomness randomness(JsonNode node) {
    JsonFields fields = new JsonFields(node, "randomness", problems, RANDOMNESS_KEYS);
    List<String> policies =
        Arrays.stream(Randomness.Policy.values()).map(Randomness.Policy::id).toList();
    Randomness.Policy policy =
        Randomness.Policy.valueOf(upper(fields.choice("policy", "", policies)));
    return new Randomness(policy, fields.longInteger("seed", 0));
  }

  private Prefix prefix(JsonNode node) {
    JsonFields fields = new JsonFields(node, "prefix", problems, PREFIX_KEYS);
    OptionalInt fill =
        fields.has("fill") ? OptionalInt.of(fields.integer("fill", -1)) : OptionalInt.empty();
    return new Prefix(fields.text("axis"), fields.integer("minimum", 1), fill);
  }

  private Neighbours neighbours(JsonNode node) {
    JsonFields fields = new JsonFields(node, "neighbours", problems, NEIGHBOURS_KEYS);
    fields.require("count");
    Optional<Neighbours.Perturb> perturb = Optional.empty();
    if (fields.has("perturb")) {
      JsonFields written =
          new JsonFields(fields.optional("perturb"), fields.at("perturb"), problems, PERTURB_KEYS);
      perturb =
          Optional.of(
              new Neighbours.Perturb(
                  written.probability("alpha"),
                  written.probability("beta"),
                  written.require("seed") ? written.longInteger("seed", 0) : 0));
    }
    return new Neighbours(fields.integer("count", 1), perturb);
  }

  private String digest(JsonNode node, String place) {
    String text = node.isTextual() ? node.textValue() : "";
    if (!text.matches("[0-9a-f]{64}")) {
      problems.add(
          place, "give a SHA-256 of 64 lower-case hex digits, not " + JsonFields.kind(node));
    }
    return text;
  }

  private static String upper(String id) {
    return id.toUpperCase(java.util.Locale.ROOT);
  }
}
