package org.tessera.model.engine.tensorflow;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.MetaGraphDef;
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

  /** The tags of a graph. */
  static Set<String> tags(MetaGraphDef.MetaInfoDef info) {
    return new LinkedHashSet<>(info.getTagsList());
  }

  /**
   * The tags of each graph of a {@code saved_model.pb}, without reading the graphs.
   *
   * @throws IOException when it cannot be read or is no such file
   */
  static List<Set<String>> tags(Path file) throws IOException {
    List<Set<String>> found = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      CodedInputStream coded = CodedInputStream.newInstance(in);
      coded.setSizeLimit(Integer.MAX_VALUE);
      for (int tag = coded.readTag(); tag != 0; tag = coded.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == SavedModel.META_GRAPHS_FIELD_NUMBER) {
          int limit = coded.pushLimit(coded.readRawVarint32());
          found.add(tagsOfGraph(coded));
          coded.popLimit(limit);
        } else {
          coded.skipField(tag);
        }
      }
    }
    return found;
  }

  private static Set<String> tagsOfGraph(CodedInputStream coded) throws IOException {
    MetaGraphDef.MetaInfoDef.Builder info = MetaGraphDef.MetaInfoDef.newBuilder();
    for (int tag = coded.readTag(); tag != 0; tag = coded.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == MetaGraphDef.META_INFO_DEF_FIELD_NUMBER) {
        info.mergeFrom(coded.readByteArray());
      } else {
        coded.skipField(tag);
      }
    }
    return tags(info.build());
  }
}
