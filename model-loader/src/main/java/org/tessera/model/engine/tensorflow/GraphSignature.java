package org.tessera.model.engine.tensorflow;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tessera.model.engine.ModelSignature;

/** A signature of a graph and where its tensors are. */
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

    static Endpoint of(Operand<?> operand) {
      Output<?> output = operand.asOutput();
      return new Endpoint(output.op().name(), output.index());
    }
  }

  private final ModelSignature description;
  private final Map<String, Endpoint> inputs;
  private final Map<String, Endpoint> outputs;

  private GraphSignature(
      ModelSignature description, Map<String, Endpoint> inputs, Map<String, Endpoint> outputs) {
    this.description = description;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** A signature of a SavedModel. */
  static GraphSignature of(String name, SignatureDef definition) {
    return new GraphSignature(
        new ModelSignature(
            name, describe(definition.getInputsMap()), describe(definition.getOutputsMap())),
        endpoints(definition.getInputsMap()),
        endpoints(definition.getOutputsMap()));
  }

  /** A signature that was added to the graph, with the inputs of the one it continues or null. */
  static GraphSignature of(String name, GraphSignature base, GraphSession.Built built) {
    SortedMap<String, ModelSignature.TensorInfo> inputs = new TreeMap<>();
    Map<String, Endpoint> inputEndpoints = new TreeMap<>();
    if (base != null) {
      inputs.putAll(base.description.inputs());
      inputEndpoints.putAll(base.inputs);
    }
    inputs.putAll(describeOperands(built.inputs()));
    built.inputs().forEach((key, operand) -> inputEndpoints.put(key, Endpoint.of(operand)));
    Map<String, Endpoint> outputEndpoints = new TreeMap<>();
    built.outputs().forEach((key, operand) -> outputEndpoints.put(key, Endpoint.of(operand)));
    return new GraphSignature(
        new ModelSignature(name, inputs, describeOperands(built.outputs())),
        inputEndpoints,
        outputEndpoints);
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

  Map<String, Endpoint> outputs() {
    return outputs;
  }

  private static Map<String, Endpoint> endpoints(Map<String, TensorInfo> tensors) {
    Map<String, Endpoint> endpoints = new TreeMap<>();
    tensors.forEach((key, info) -> endpoints.put(key, Endpoint.parse(info.getName())));
    return endpoints;
  }

  private static SortedMap<String, ModelSignature.TensorInfo> describe(
      Map<String, TensorInfo> tensors) {
    SortedMap<String, ModelSignature.TensorInfo> described = new TreeMap<>();
    tensors.forEach(
        (name, info) -> {
          TensorShapeProto shape = info.getTensorShape();
          List<Long> extents =
              shape.getUnknownRank()
                  ? null
                  : shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
          described.put(
              name, new ModelSignature.TensorInfo(TensorFlowTypes.name(info.getDtype()), extents));
        });
    return described;
  }

  private static SortedMap<String, ModelSignature.TensorInfo> describeOperands(
      Map<String, Operand<?>> operands) {
    SortedMap<String, ModelSignature.TensorInfo> described = new TreeMap<>();
    operands.forEach(
        (name, operand) -> {
          Shape shape = operand.shape();
          List<Long> extents = null;
          if (!shape.isUnknown()) {
            extents = java.util.Arrays.stream(shape.asArray()).boxed().toList();
          }
          described.put(
              name,
              new ModelSignature.TensorInfo(
                  TensorFlowTypes.name(operand.asOutput().dataType()), extents));
        });
    return described;
  }
}
