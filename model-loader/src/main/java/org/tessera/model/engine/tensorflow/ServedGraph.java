package org.tessera.model.engine.tensorflow;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.SavedModel;

/**
 * Which graph of a SavedModel is used: the one that is tagged {@code serve} and nothing else, or
 * where none is, the only one that is not for training. Modules of TensorFlow Hub's first format
 * have one without tags and one tagged {@code train}; others are tagged {@code serve} and {@code
 * gpu}.
 */
final class ServedGraph {
  private static final Set<String> SERVED = Set.of("serve");
  private static final String TRAINING = "train";

  private ServedGraph() {}

  /**
   * The tags of the graph that is used.
   *
   * @param graphs the tags of each graph
   * @return nothing where no graph or more than one may be meant
   */
  static Optional<Set<String>> choose(List<Set<String>> graphs) {
    if (graphs.contains(SERVED)) {
      return Optional.of(SERVED);
    }
    List<Set<String>> inferring =
        graphs.stream().filter(tags -> !tags.contains(TRAINING)).distinct().toList();
    return inferring.size() == 1 ? Optional.of(inferring.get(0)) : Optional.empty();
  }

  /** What is wrong where none is chosen. */
  static String problem(List<Set<String>> graphs) {
    return "it has no graph with the tag serve, but "
        + (graphs.isEmpty() ? "none at all" : "graphs tagged " + graphs)
        + " (export it with the tag serve)";
  }

  /**
   * Reads the graphs of a SavedModel directory.
   *
   * @throws IOException when its {@code saved_model.pb} cannot be read or is no such file
   */
  static SavedModel read(Path model) throws IOException {
    try (InputStream in = Files.newInputStream(model.resolve("saved_model.pb"))) {
      CodedInputStream coded = CodedInputStream.newInstance(in);
      coded.setSizeLimit(Integer.MAX_VALUE);
      return SavedModel.parseFrom(coded);
    }
  }

  /** The tags of each graph. */
  static List<Set<String>> tags(SavedModel saved) {
    return saved.getMetaGraphsList().stream()
        .<Set<String>>map(graph -> new LinkedHashSet<>(graph.getMetaInfoDef().getTagsList()))
        .toList();
  }
}
