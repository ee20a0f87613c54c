package org.tessera.model.engine.tensorflow;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tessera.model.engine.ModelSignature;

/** A signature of a SavedModel and where its tensors are in the graph. */
final class GraphSignature {
  /** An output of an operation of the graph. */
  record Endpoint(String operation, int index) {
    /** From the graph's own form, e.g. {@code StatefulPartitionedCall:1}. */
    static Endpoint parse(String name) {
      int colon = name.lastIndexOf(':');
      return colon < 0
          ? new Endpoint(name, 0)
          : new Endpoint(name.substring(0, colon), Integer.parseInt(name.substring(colon + 1)));
    }
  }

  private final ModelSignature description;
  private final Map<String, Endpoint> inputs = new TreeMap<>();
  private final Map<String, Endpoint> outputs = new TreeMap<>();

  GraphSignature(String name, SignatureDef definition) {
    definition
        .getInputsMap()
        .forEach((key, info) -> inputs.put(key, Endpoint.parse(info.getName())));
    definition
        .getOutputsMap()
        .forEach((key, info) -> outputs.put(key, Endpoint.parse(info.getName())));
    this.description =
        new ModelSignature(
            name, describe(definition.getInputsMap()), describe(definition.getOutputsMap()));
  }

  ModelSignature description() {
    return description;
  }

  Endpoint input(String name) {
    return inputs.get(name);
  }

  Endpoint output(String name) {
    return outputs.get(name);
  }

  private static SortedMap<String, ModelSignature.TensorInfo> describe(
      Map<String, TensorInfo> tensors) {
    SortedMap<String, ModelSignature.TensorInfo> described = new TreeMap<>();
    tensors.forEach((name, info) -> described.put(name, describe(info)));
    return described;
  }

  private static ModelSignature.TensorInfo describe(TensorInfo info) {
    List<Long> shape = null;
    if (!info.getTensorShape().getUnknownRank()) {
      shape =
          info.getTensorShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
    }
    return new ModelSignature.TensorInfo(TensorFlowTypes.name(info.getDtype()), shape);
  }
}
