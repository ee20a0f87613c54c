package org.tessera.pipeline.fit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Prefix;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.npy.TensorFiles;
import org.tessera.model.quantize.Quantizer;
import org.tessera.model.quantize.Quantizers;

/**
 * Writes a learned tokenizer as a bundle: a SavedModel with both signatures, the codebooks as NumPy
 * files, the report as {@code fit.json}, and the manifest. Two fits that learned the same write the
 * same bundle, byte for byte.
 */
final class BundleExport {
  private static final String MODEL = "model";

  private final FitSpec spec;
  private final LearnedTokenizer learned;
  private final SignalShape shape;

  BundleExport(FitSpec spec, LearnedTokenizer learned, SignalShape shape) {
    this.spec = spec;
    this.learned = learned;
    this.shape = shape;
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
      QuantizerSpec quantizerSpec =
          new QuantizerFiles(root, learned, spec.quantizer().family()).write();
      Quantizer quantizer = Quantizers.of(quantizerSpec, TensorFiles.in(root));
      writeModel(root.resolve(MODEL), quantizer);
      Files.writeString(
          root.resolve("fit.json"),
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report.toJson())
              + "\n");
      try (Bundle bundle = writer.finish(manifest(quantizerSpec, quantizer))) {
        return bundle.fingerprint();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write bundle " + target, e);
    }
  }

  private void writeModel(Path directory, Quantizer quantizer) throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      TokenizerGraph builder =
          new TokenizerGraph(Ops.create(graph), shape, spec.vectors().size(), quantizer);
      SavedModelBundle.Exporter exporter =
          SavedModelBundle.exporter(directory.toString())
              .withTags(SavedModelBundle.DEFAULT_TAG)
              .withSession(session)
              .withSignature(builder.encode());
      if (quantizer.decodable()) {
        exporter.withSignature(builder.decode());
      }
      exporter.export();
    }
    sort(directory.resolve("saved_model.pb"));
  }

  /**
   * Orders maps and the bodies of functions, which TensorFlow writes in another order each time.
   */
  private static void sort(Path file) throws IOException {
    SavedModel.Builder model;
    try (InputStream in = Files.newInputStream(file)) {
      CodedInputStream coded = CodedInputStream.newInstance(in);
      coded.setSizeLimit(Integer.MAX_VALUE);
      model = SavedModel.newBuilder().mergeFrom(coded);
    }
    for (MetaGraphDef.Builder graph : model.getMetaGraphsBuilderList()) {
      for (FunctionDef.Builder function :
          graph.getGraphDefBuilder().getLibraryBuilder().getFunctionBuilderList()) {
        List<NodeDef> body = new ArrayList<>(function.getNodeDefList());
        body.sort(Comparator.comparing(NodeDef::getName));
        function.clearNodeDef().addAllNodeDef(body);
      }
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      coded.useDeterministicSerialization();
      model.build().writeTo(coded);
      coded.flush();
    }
  }

  private TokenizerManifest.Builder manifest(QuantizerSpec quantizerSpec, Quantizer quantizer) {
    ModelSpec model =
        ModelSpec.of(
            "tensorflow",
            MODEL,
            SignatureSpec.of(
                "encode",
                Map.of(Roles.SIGNAL, "signal"),
                Map.of(Roles.IDS, "ids", Roles.QUANTIZATION_ERROR, "quantization_error")));
    if (quantizer.decodable()) {
      model =
          model.withDecode(
              SignatureSpec.of("decode", Map.of(Roles.IDS, "ids"), Map.of(Roles.SIGNAL, "signal")));
    }
    TokenizerManifest.Builder manifest =
        TokenizerManifest.builder(spec.name(), spec.modality())
            .version(spec.version())
            .model(model)
            .output(ModelOutput.IDS)
            .frontEnd(spec.frontEnd())
            .quantizer(quantizerSpec)
            .layout(layout(quantizer))
            .licence(spec.licence())
            .source("learned by tessera fit");
    if (quantizer.droppable()) {
      manifest.prefix(new Prefix(quantizer.slotAxis(), 1, OptionalInt.of(-1)));
    }
    return manifest;
  }

  /** The slot axis first, then the positions; the whole sample is one run of ids a slot. */
  private TokenLayout layout(Quantizer quantizer) {
    List<String> axes = new ArrayList<>();
    List<Integer> extents = new ArrayList<>();
    if (!quantizer.slotAxis().isEmpty()) {
      axes.add(quantizer.slotAxis());
      extents.add(quantizer.idsPerVector());
    }
    int patch = spec.vectors().size();
    if (patch > 0) {
      for (int axis = 0; axis < 2; axis++) {
        int extent = shape.extents().get(axis);
        axes.add(axis == 0 ? "row" : "column");
        extents.add(extent < 0 ? -1 : extent / patch);
      }
    } else {
      axes.add(spec.vectors().axis());
      extents.add(shape.positions());
    }
    List<Integer> radices = java.util.Arrays.stream(quantizer.radices()).boxed().toList();
    if (radices.stream().distinct().count() == 1) {
      radices = radices.subList(0, 1);
    }
    return new TokenLayout(axes, extents, radices, quantizer.slotAxis(), List.of());
  }
}
