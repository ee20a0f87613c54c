package org.tessera.model.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One model of a tokenizer. Immutable and thread-safe.
 *
 * @param engine the engine's name, e.g. {@code tensorflow}
 * @param path the model directory or file, relative to the bundle with {@code /}
 * @param encode the signature that leads from the signal towards ids
 * @param decode the signature that leads back, where there is one
 * @param decoder the file that has the decode signature when it is another than {@code path}; an
 *     ONNX file has one graph, so its decoder is always another file
 * @param batch the only batch size that the model takes; 0 for any
 */
public record ModelSpec(
    String engine,
    String path,
    SignatureSpec encode,
    Optional<SignatureSpec> decode,
    Optional<ModelFile> decoder,
    int batch) {
  /** A model that takes any batch size and only encodes. */
  public static ModelSpec of(String engine, String path, SignatureSpec encode) {
    return new ModelSpec(engine, path, encode, Optional.empty(), Optional.empty(), 0);
  }

  /** The same model with a decode signature of its own. */
  public ModelSpec withDecode(SignatureSpec newDecode) {
    return new ModelSpec(engine, path, encode, Optional.of(newDecode), Optional.empty(), batch);
  }

  /** The same model with a decode signature of another file. */
  public ModelSpec withDecode(ModelFile file, SignatureSpec newDecode) {
    return new ModelSpec(engine, path, encode, Optional.of(newDecode), Optional.of(file), batch);
  }

  /** The same model, which takes only one batch size. */
  public ModelSpec withBatch(int newBatch) {
    return new ModelSpec(engine, path, encode, decode, decoder, newBatch);
  }

  /** The file of the encode signature. */
  public ModelFile file() {
    return new ModelFile(engine, path);
  }

  /** The file of the decode signature. */
  public ModelFile decodeFile() {
    return decoder.orElseGet(this::file);
  }

  /** The files of both signatures. */
  public List<ModelFile> allFiles() {
    List<ModelFile> files = new ArrayList<>();
    files.add(file());
    decoder.filter(other -> !other.equals(file())).ifPresent(files::add);
    return List.copyOf(files);
  }
}
