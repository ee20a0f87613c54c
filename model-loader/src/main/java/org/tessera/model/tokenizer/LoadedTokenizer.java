package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;

/** A tokenizer whose models are loaded: encode goes through them in order, decode in reverse. */
final class LoadedTokenizer implements Tokenizer {
  private final TokenizerManifest manifest;
  private final String fingerprint;
  private final List<ModelStage> stages;
  private final CodesReader reader;
  private final DecodeInput decodeInput;

  /**
   * Takes over the stages.
   *
   * @param manifest the bundle's manifest, with the layout that this tokenizer gives
   */
  LoadedTokenizer(
      Bundle bundle, TokenizerManifest manifest, OptionalInt keep, List<ModelStage> stages) {
    this.manifest = manifest;
    this.fingerprint = bundle.fingerprint();
    this.stages = List.copyOf(stages);
    this.reader = new CodesReader(manifest, keep);
    this.decodeInput = new DecodeInput(bundle.manifest());
  }

  @Override
  public TokenizerManifest manifest() {
    return manifest;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public NativeTensor allocate(String role, ElementType type, long... shape) {
    ModelStage first = stages.get(0);
    TensorSpec spec = first.spec().encode().inputs().get(role);
    if (spec == null) {
      return first.session().allocate(type, shape);
    }
    String declared = first.input(first.spec().encode(), role).type();
    ElementType wanted = Tensors.type(declared, spec.tensor());
    boolean converts =
        (type.floating() && wanted.floating()) || (type.integral() && wanted.integral());
    return first.session().allocate(converts ? wanted : type, Shapes.input(spec, shape));
  }

  @Override
  public Codes encode(Map<String, NativeTensor> inputs) {
    int batch = batch(inputs);
    Map<String, NativeTensor> current = inputs;
    try {
      for (int i = 0; i < stages.size(); i++) {
        ModelStage stage = stages.get(i);
        Map<String, NativeTensor> next = stage.encode(current, encodeOutputs(i));
        closeUnlessGiven(current, inputs);
        current = next;
      }
      SortedMap<String, TensorSpec> specs = last().spec().encode().outputs();
      return reader.read(current, specs, batch);
    } finally {
      closeUnlessGiven(current, inputs);
    }
  }

  /** The roles that a stage must return: what the next one takes, or what makes codes. */
  private Set<String> encodeOutputs(int index) {
    Set<String> roles = new TreeSet<>(stages.get(index).spec().encode().outputs().keySet());
    if (index + 1 < stages.size()) {
      roles.retainAll(stages.get(index + 1).spec().encode().inputs().keySet());
    } else {
      roles.retainAll(Set.of(Roles.IDS, Roles.QUANTIZATION_ERROR, Roles.LENGTHS));
    }
    return roles;
  }

  private static int batch(Map<String, NativeTensor> inputs) {
    Set<Long> batches = new LinkedHashSet<>();
    inputs.values().forEach(tensor -> batches.add(batch(tensor)));
    if (batches.size() != 1) {
      throw new ModelException(
          "Cannot encode a batch: its inputs have the batch sizes "
              + batches
              + " (all inputs of a batch have the same)");
    }
    return Math.toIntExact(batches.iterator().next());
  }

  private static long batch(NativeTensor tensor) {
    long[] shape = tensor.shape();
    return shape.length == 0 ? -1 : shape[0];
  }

  @Override
  public boolean decodable() {
    return manifest.hasDecoder();
  }

  @Override
  public NativeTensor decode(int[] ids, int batch, int[] shape) {
    if (!decodable()) {
      throw new UnsupportedOperationException(
          "Cannot decode with tokenizer " + manifest.name() + ": it has no decode signature");
    }
    List<ModelStage> decoders = new ArrayList<>();
    for (int i = stages.size() - 1; i >= 0; i--) {
      if (stages.get(i).spec().decode().isPresent()) {
        decoders.add(stages.get(i));
      }
    }
    Map<String, NativeTensor> current =
        new HashMap<>(Map.of(Roles.IDS, decodeInput.ids(decoders.get(0), ids, batch, shape)));
    try {
      for (int i = 0; i < decoders.size(); i++) {
        SignatureSpec signature = decoders.get(i).spec().decode().orElseThrow();
        Set<String> roles = new TreeSet<>(signature.outputs().keySet());
        roles.retainAll(
            i + 1 < decoders.size()
                ? decoders.get(i + 1).spec().decode().orElseThrow().inputs().keySet()
                : Set.of(Roles.SIGNAL));
        Map<String, NativeTensor> next = decoders.get(i).decode(current, roles);
        Tensors.close(current);
        current = new TreeMap<>(next);
      }
      return current.remove(Roles.SIGNAL);
    } finally {
      Tensors.close(current);
    }
  }

  @Override
  public void warmUp() {
    Map<String, NativeTensor> inputs = new HashMap<>();
    try {
      SignatureSpec signature = stages.get(0).spec().encode();
      for (Map.Entry<String, TensorSpec> input : signature.inputs().entrySet()) {
        if (input.getValue().value().isPresent() || input.getKey().equals(Roles.SEED)) {
          continue;
        }
        ModelSignature.TensorInfo info = stages.get(0).input(signature, input.getKey());
        if (info.shape() == null || info.shape().isEmpty() || info.shape().lastIndexOf(-1L) > 0) {
          return;
        }
        long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = Math.max(1, shape[0]);
        ElementType type = Tensors.type(info.type(), input.getValue().tensor());
        inputs.put(input.getKey(), stages.get(0).session().allocate(type, shape));
      }
      encode(inputs);
    } finally {
      Tensors.close(inputs);
    }
  }

  @Override
  public String device() {
    return joined(stages.stream().map(stage -> stage.session().device()).toList());
  }

  @Override
  public String engineVersion() {
    return joined(stages.stream().map(stage -> stage.session().engineVersion()).toList());
  }

  private static String joined(List<String> names) {
    return String.join(" + ", new LinkedHashSet<>(names));
  }

  private ModelStage last() {
    return stages.get(stages.size() - 1);
  }

  private static void closeUnlessGiven(
      Map<String, NativeTensor> tensors, Map<String, NativeTensor> given) {
    if (tensors != given) {
      Tensors.close(tensors);
    }
  }

  @Override
  public void close() {
    stages.forEach(ModelStage::close);
  }

  @Override
  public String toString() {
    return manifest.name() + " " + manifest.version();
  }
}
