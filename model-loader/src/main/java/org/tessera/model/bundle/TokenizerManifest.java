package org.tessera.model.bundle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What {@code tokenizer.json} says; the format is in {@code model-loader/BUNDLE.md}. Made by {@link
 * #builder} or by {@link Bundle#open}. Immutable and thread-safe.
 *
 * @param name the tokenizer's name: letters, digits, {@code . _ -}
 * @param version the author's version
 * @param modality what it reads
 * @param models the model, or a chain of two: encode goes through them in order, decode through
 *     their decode signatures in reverse; none when the quantizer works on the front-end's features
 * @param output what the last model returns
 * @param randomness how a stochastic encoder is made repeatable
 * @param frontEnd the steps from a decoded file to the first model's input
 * @param quantizer the quantizer that makes the ids; with output {@code ids} it may be there to say
 *     how they were made. Models with output {@code latents} and no quantizer are an encoder, to
 *     learn one from
 * @param layout the axes of one sample's tokens
 * @param prefix along which axis the first n ids can be kept alone
 * @param neighbours what is written beside the ids
 * @param licence the SPDX id of the model's licence
 * @param source where the model comes from
 * @param files SHA-256 (lower-case hex) of every file but the manifest, by path relative to the
 *     bundle with {@code /}
 */
public record TokenizerManifest(
    String name,
    String version,
    Modality modality,
    List<ModelSpec> models,
    ModelOutput output,
    Randomness randomness,
    List<Step> frontEnd,
    Optional<QuantizerSpec> quantizer,
    TokenLayout layout,
    Optional<Prefix> prefix,
    Optional<Neighbours> neighbours,
    String licence,
    String source,
    SortedMap<String, String> files) {
  /** The version of the manifest format that this code reads and writes. */
  public static final int FORMAT = 1;

  /** The manifest's file name in a bundle. */
  public static final String FILE_NAME = "tokenizer.json";

  public TokenizerManifest {
    models = List.copyOf(models);
    frontEnd = List.copyOf(frontEnd);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /**
   * Reads the text of a {@code tokenizer.json}.
   *
   * @throws BundleException when it has problems; all of them are listed
   */
  public static TokenizerManifest fromJson(String text) {
    try {
      return ManifestReader.read(Bundle.JSON.readTree(text), "Cannot read the manifest");
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new BundleException("Cannot read the manifest: " + e.getOriginalMessage(), e);
    }
  }

  /** The text of a {@code tokenizer.json} that says this. */
  public String toJson() {
    return ManifestWriter.write(this).toPrettyString() + "\n";
  }

  /** A builder for a tokenizer of this name and modality. */
  public static Builder builder(String name, Modality modality) {
    return new Builder(name, modality);
  }

  /** A builder that starts with everything that this manifest says. */
  public Builder toBuilder() {
    Builder builder =
        new Builder(name, modality)
            .version(version)
            .models(models)
            .output(output)
            .randomness(randomness)
            .frontEnd(frontEnd)
            .layout(layout)
            .licence(licence)
            .source(source)
            .files(files);
    quantizer.ifPresent(builder::quantizer);
    prefix.ifPresent(builder::prefix);
    neighbours.ifPresent(builder::neighbours);
    return builder;
  }

  /**
   * Whether the bundle can lead back from ids to a signal. Without a model that is the quantizer's
   * part, and some quantizers keep no vectors: a loaded tokenizer knows.
   */
  public boolean hasDecoder() {
    return models.isEmpty() || models.get(0).decode().isPresent();
  }

  /** Whether there is no quantizer yet that makes ids of the models' latents. */
  public boolean isEncoder() {
    return !models.isEmpty() && output == ModelOutput.LATENTS && quantizer.isEmpty();
  }

  /**
   * Requires that it makes ids.
   *
   * @throws IllegalArgumentException when it {@linkplain #isEncoder is an encoder}
   */
  public void requireIds() {
    if (isEncoder()) {
      throw new IllegalArgumentException(
          "Cannot make tokens with "
              + name
              + " "
              + version
              + ": it has no quantizer (learn one with tessera fit, whose learn.encoder it can be,"
              + " or name one in its manifest)");
    }
  }

  /** The roles of the inputs that the front-end makes: the signal and what the models take. */
  public SortedSet<String> frontEndRoles() {
    SortedSet<String> roles = new TreeSet<>(Set.of(Roles.SIGNAL));
    Set<String> linked = Set.of(Roles.SEED);
    for (ModelSpec model : models) {
      for (Map.Entry<String, TensorSpec> input : model.encode().inputs().entrySet()) {
        if (input.getValue().value().isEmpty() && !linked.contains(input.getKey())) {
          roles.add(input.getKey());
        }
      }
      linked = new TreeSet<>(model.encode().outputs().keySet());
      linked.add(Roles.SEED);
    }
    return roles;
  }

  /** Whether the last model says how many, or which, ids along the last axis each sample keeps. */
  public boolean lengthsVary() {
    return hasOutput(Roles.LENGTHS) || keepsPositions();
  }

  /** Whether the last model says at which positions along the last axis a sample's ids stand. */
  public boolean keepsPositions() {
    return hasOutput(Roles.KEPT);
  }

  private boolean hasOutput(String role) {
    return !models.isEmpty() && models.get(models.size() - 1).encode().outputs().containsKey(role);
  }

  /** Collects a manifest's parts. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private final Modality modality;
    private final List<ModelSpec> models = new ArrayList<>();
    private final List<Step> frontEnd = new ArrayList<>();
    private final SortedMap<String, String> files = new TreeMap<>();
    private String version = "1";
    private ModelOutput output = ModelOutput.IDS;
    private Randomness randomness = Randomness.NONE;
    private QuantizerSpec quantizer;
    private TokenLayout layout;
    private Prefix prefix;
    private Neighbours neighbours;
    private String licence = "";
    private String source = "";

    private Builder(String name, Modality modality) {
      this.name = name;
      this.modality = modality;
    }

    public Builder version(String newVersion) {
      this.version = newVersion;
      return this;
    }

    /** Adds a model at the end of the chain. */
    public Builder model(ModelSpec model) {
      models.add(model);
      return this;
    }

    /** Replaces the chain of models. */
    public Builder models(List<ModelSpec> newModels) {
      List<ModelSpec> copy = List.copyOf(newModels);
      models.clear();
      models.addAll(copy);
      return this;
    }

    public Builder output(ModelOutput newOutput) {
      this.output = newOutput;
      return this;
    }

    public Builder randomness(Randomness newRandomness) {
      this.randomness = newRandomness;
      return this;
    }

    /** Adds a front-end step at the end. */
    public Builder step(Step step) {
      frontEnd.add(step);
      return this;
    }

    /** Replaces the front-end steps. */
    public Builder frontEnd(List<Step> steps) {
      List<Step> copy = List.copyOf(steps);
      frontEnd.clear();
      frontEnd.addAll(copy);
      return this;
    }

    public Builder quantizer(QuantizerSpec newQuantizer) {
      this.quantizer = newQuantizer;
      return this;
    }

    public Builder layout(TokenLayout newLayout) {
      this.layout = newLayout;
      return this;
    }

    public Builder prefix(Prefix newPrefix) {
      this.prefix = newPrefix;
      return this;
    }

    /** Asks for the best codes of each id. */
    public Builder neighbours(Neighbours newNeighbours) {
      this.neighbours = newNeighbours;
      return this;
    }

    public Builder licence(String newLicence) {
      this.licence = newLicence;
      return this;
    }

    public Builder source(String newSource) {
      this.source = newSource;
      return this;
    }

    /** Replaces the digests; {@link BundleWriter} computes them. */
    public Builder files(Map<String, String> newFiles) {
      SortedMap<String, String> copy = new TreeMap<>(newFiles);
      files.clear();
      files.putAll(copy);
      return this;
    }

    /**
     * The manifest.
     *
     * @throws BundleException when its parts do not fit together, listing every problem
     */
    public TokenizerManifest build() {
      Problems problems = new Problems("Cannot use the manifest of tokenizer " + name);
      if (layout == null) {
        problems.add("layout", "missing (say what the axes of one sample's tokens are)");
      }
      problems.throwIfAny();
      TokenizerManifest manifest =
          new TokenizerManifest(
              name,
              version,
              modality,
              models,
              output,
              randomness,
              frontEnd,
              Optional.ofNullable(quantizer),
              layout,
              Optional.ofNullable(prefix),
              Optional.ofNullable(neighbours),
              licence,
              source,
              files);
      ManifestRules.check(manifest, problems);
      problems.throwIfAny();
      return manifest;
    }
  }
}
