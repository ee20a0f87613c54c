package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;

/** A tokenizer whose models are loaded: two chains of calls, from signal to ids and back. */
final class LoadedTokenizer implements Tokenizer {
  /**
   * The models without the quantizer.
   *
   * @param calls from signal to vectors; empty when the front-end makes them
   * @param role the role of the vectors
   * @param reader reads the vectors; null when the models return ids
   */
  record Encoder(List<ModelCall> calls, String role, LatentReader reader) {
    /** The models return ids. */
    static final Encoder NONE = new Encoder(List.of(), "", null);

    Encoder {
      calls = List.copyOf(calls);
    }
  }

  private static final Set<String> CODES =
      Set.of(Roles.IDS, Roles.QUANTIZATION_ERROR, Roles.LENGTHS, Roles.KEPT, Roles.NEIGHBOURS);

  private final TokenizerManifest manifest;
  private final String fingerprint;
  private final List<ModelSession> sessions;
  private final List<ModelCall> encode;
  private final List<ModelCall> decode;
  private final Encoder encoder;
  private final CodesReader reader;
  private final DecodeInput decodeInput;
  private final Supplier<CodeVectors> readVectors;
  private CodeVectors vectors;

  /**
   * Takes over sessions and calls.
   *
   * @param manifest the bundle's manifest, with the layout that this tokenizer gives
   * @param readVectors reads what the manifest's quantizer keeps for ids
   */
  LoadedTokenizer(
      Bundle bundle,
      TokenizerManifest manifest,
      OptionalInt keep,
      List<ModelSession> sessions,
      List<ModelCall> encode,
      List<ModelCall> decode,
      Encoder encoder,
      Supplier<CodeVectors> readVectors) {
    this.manifest = manifest;
    this.fingerprint = bundle.fingerprint();
    this.sessions = List.copyOf(sessions);
    this.encode = List.copyOf(encode);
    this.decode = List.copyOf(decode);
    this.encoder = encoder;
    this.readVectors = readVectors;
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
    List<ModelCall> takers = takers(role);
    if (takers.size() != 1) {
      // Each of several makes its own copy, in its own shape.
      return encode.get(0).session().allocate(type, shape);
    }
    ModelCall call = takers.get(0);
    TensorSpec spec = call.signature().inputs().get(role);
    return call.session()
        .allocate(Tensors.fitting(type, call.inputType(role)), Shapes.of(spec, shape));
  }

  private List<ModelCall> takers(String role) {
    return encode.stream().filter(call -> call.signature().inputs().containsKey(role)).toList();
  }

  @Override
  public Codes encode(Map<String, NativeTensor> inputs) {
    manifest.requireIds();
    int batch = batch(inputs);
    Map<String, NativeTensor> outputs = run(encode, inputs, CODES);
    try {
      return reader.read(outputs, encode.get(encode.size() - 1).signature().outputs(), batch);
    } finally {
      Tensors.close(outputs);
    }
  }

  /**
   * Runs calls one after the other, each with what the one before gives and with those inputs whose
   * roles it takes; the inputs stay the caller's, the outputs become its.
   */
  private static Map<String, NativeTensor> run(
      List<ModelCall> calls, Map<String, NativeTensor> inputs, Set<String> wanted) {
    requireTaken(calls, inputs.keySet());
    Map<String, NativeTensor> current = inputs;
    for (int i = 0; i < calls.size(); i++) {
      Set<String> roles = new TreeSet<>(calls.get(i).signature().outputs().keySet());
      roles.retainAll(
          i + 1 < calls.size() ? calls.get(i + 1).signature().inputs().keySet() : wanted);
      Map<String, NativeTensor> next;
      try {
        Map<String, NativeTensor> fed = new HashMap<>(inputs);
        fed.keySet().retainAll(calls.get(i).signature().inputs().keySet());
        if (current != inputs) {
          fed.putAll(current);
        }
        next = calls.get(i).run(fed, roles);
      } finally {
        if (current != inputs) {
          Tensors.close(current);
        }
      }
      current = next;
    }
    return current;
  }

  private static void requireTaken(List<ModelCall> calls, Set<String> roles) {
    for (String role : roles) {
      if (calls.stream().noneMatch(call -> call.signature().inputs().containsKey(role))) {
        calls.stream().limit(1).forEach(call -> call.requireRole(role));
      }
    }
  }

  private static int batch(Map<String, NativeTensor> inputs) {
    Set<Long> batches = new LinkedHashSet<>();
    for (NativeTensor tensor : inputs.values()) {
      long[] shape = tensor.shape();
      batches.add(shape.length == 0 ? -1 : shape[0]);
    }
    if (batches.size() != 1) {
      throw new ModelException(
          "Cannot encode a batch: its inputs have the batch sizes "
              + batches
              + " (all inputs of a batch have the same)");
    }
    return Math.toIntExact(batches.iterator().next());
  }

  @Override
  public Latents latents(Map<String, NativeTensor> inputs) {
    if (encoder.reader() == null) {
      return Tokenizer.super.latents(inputs);
    }
    int batch = batch(inputs);
    Map<String, NativeTensor> outputs =
        run(encoder.calls(), inputs, Set.of(encoder.role(), Roles.KEPT));
    try {
      Latents latents = encoder.reader().read(outputs.get(encoder.role()), batch);
      requirePositions(latents);
      return manifest.keepsPositions() ? kept(latents, outputs) : latents;
    } finally {
      if (outputs != inputs) {
        Tensors.close(outputs);
      }
    }
  }

  /** The layout of an encoder says which positions there are; of a tokenizer its ids do. */
  private void requirePositions(Latents latents) {
    if (!manifest.isEncoder()) {
      return;
    }
    TokenLayout layout = manifest.layout();
    List<Integer> wanted = new ArrayList<>();
    for (int i = 0; i < layout.axes().size(); i++) {
      if (!layout.axes().get(i).equals(layout.slotAxis())) {
        wanted.add(layout.shape().get(i));
      }
    }
    int[] shape = latents.shape();
    boolean fits = shape.length == wanted.size() + 1;
    for (int i = 0; fits && i < wanted.size(); i++) {
      fits = wanted.get(i) < 0 || wanted.get(i) == shape[i] || manifest.lengthsVary();
    }
    if (!fits) {
      throw new ModelException(
          "Cannot use the latents of encoder "
              + manifest.name()
              + ": they have the shape "
              + Arrays.toString(shape)
              + ", the layout says "
              + layout.axes()
              + wanted
              + " and behind that the vector (write the positions that there are)");
    }
  }

  private Latents kept(Latents latents, Map<String, NativeTensor> outputs) {
    if (latents.batch() != 1) {
      throw new IllegalArgumentException(
          "Cannot take the latents of "
              + latents.batch()
              + " samples together from tokenizer "
              + manifest.name()
              + ": each keeps positions of its own (take one sample after the other)");
    }
    Map<String, TensorSpec> specs =
        encoder.calls().get(encoder.calls().size() - 1).signature().outputs();
    int extent = Math.toIntExact(outputs.get(Roles.KEPT).size());
    return reader.kept(outputs, specs, 1, extent).of(latents);
  }

  @Override
  public Latents features(Map<String, NativeTensor> inputs) {
    return encoder.reader() == null ? codeVectors().of(encode(inputs)) : latents(inputs);
  }

  /** Read from the bundle's files the first time: most tokenizers never need them. */
  private synchronized CodeVectors codeVectors() {
    if (vectors == null) {
      vectors = readVectors.get();
    }
    return vectors;
  }

  @Override
  public boolean decodable() {
    return !decode.isEmpty();
  }

  @Override
  public NativeTensor decode(int[] ids, int batch, int[] shape, int[] kept) {
    if (!decodable()) {
      throw new UnsupportedOperationException(
          "Cannot decode with tokenizer " + manifest.name() + ": it has no decode signature");
    }
    try (NativeTensor input = decodeInput.ids(decode.get(0), ids, batch, shape, kept)) {
      Map<String, NativeTensor> mask = decodeInput.mask(decode, batch, shape, kept);
      try {
        Map<String, NativeTensor> inputs = new HashMap<>(mask);
        inputs.put(Roles.IDS, input);
        return run(decode, inputs, Set.of(Roles.SIGNAL)).get(Roles.SIGNAL);
      } finally {
        Tensors.close(mask);
      }
    }
  }

  @Override
  public void warmUp() {
    Map<String, NativeTensor> inputs = new HashMap<>();
    try {
      for (String role : manifest.frontEndRoles()) {
        ModelCall call = takers(role).get(0);
        ModelSignature.TensorInfo info = call.input(role);
        if (info.shape() == null || info.shape().isEmpty() || info.shape().lastIndexOf(-1L) > 0) {
          return;
        }
        long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = Math.max(1, shape[0]);
        inputs.put(role, call.session().allocate(call.inputType(role), shape));
      }
      Tensors.close(
          run(encode, inputs, manifest.isEncoder() ? Set.of(manifest.output().id()) : CODES));
    } finally {
      Tensors.close(inputs);
    }
  }

  /**
   * Checks what the model says about its outputs against the layout, without running it.
   *
   * @throws ModelException when they cannot fit
   */
  void checkShapes() {
    if (manifest.isEncoder()) {
      return;
    }
    ModelCall last = encode.get(encode.size() - 1);
    reader.checkDeclared(last.signature().outputs().get(Roles.IDS), last.output(Roles.IDS));
  }

  @Override
  public String device() {
    return joined(sessions.stream().map(ModelSession::device).toList());
  }

  @Override
  public String engineVersion() {
    return joined(sessions.stream().map(ModelSession::engineVersion).toList());
  }

  private static String joined(List<String> names) {
    return String.join(" + ", new LinkedHashSet<>(names));
  }

  @Override
  public void close() {
    encode.forEach(ModelCall::close);
    decode.forEach(ModelCall::close);
    encoder.calls().forEach(ModelCall::close);
    sessions.forEach(ModelSession::close);
  }

  @Override
  public String toString() {
    return manifest.name() + " " + manifest.version();
  }
}
