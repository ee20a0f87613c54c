package org.tessera.model.engine.tensorflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tessera.model.bundle.Suggestions;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.SignatureChecks;

/** A loaded SavedModel. */
final class TensorFlowSession implements ModelSession {
  private final SavedModelBundle bundle;
  private final String name;
  private final String device;
  private final SortedMap<String, GraphSignature> signatures = new TreeMap<>();

  TensorFlowSession(SavedModelBundle bundle, String name, String device) {
    this.bundle = bundle;
    this.name = name;
    this.device = device;
    bundle
        .metaGraphDef()
        .getSignatureDefMap()
        .forEach(
            (key, definition) -> {
              if (!key.startsWith("__")) {
                signatures.put(key, new GraphSignature(key, definition));
              }
            });
  }

  @Override
  public ModelSignature signature(String signature) {
    return find(signature).description();
  }

  private GraphSignature find(String signature) {
    GraphSignature found = signatures.get(signature);
    if (found == null) {
      throw new ModelException(
          "Cannot find signature "
              + signature
              + " in SavedModel "
              + name
              + " ("
              + (signatures.isEmpty()
                  ? "it has none: save it with signatures="
                  : Suggestions.of(signature, signatures.keySet()))
              + ")");
    }
    return found;
  }

  @Override
  public NativeTensor allocate(ElementType type, long... shape) {
    return TensorFlowTensor.allocate(type, shape);
  }

  @Override
  public Map<String, NativeTensor> run(
      String signature, Map<String, NativeTensor> inputs, Set<String> outputs) {
    GraphSignature graph = find(signature);
    SignatureChecks.check(name, graph.description(), inputs, outputs);
    List<String> wanted = new ArrayList<>(outputs);
    try {
      Session.Runner runner = bundle.session().runner();
      inputs.forEach(
          (input, tensor) -> {
            GraphSignature.Endpoint endpoint = graph.input(input);
            runner.feed(endpoint.operation(), endpoint.index(), TensorFlowTensor.raw(tensor));
          });
      for (String output : wanted) {
        GraphSignature.Endpoint endpoint = graph.output(output);
        runner.fetch(endpoint.operation(), endpoint.index());
      }
      return wrap(runner.run(), wanted);
    } catch (ModelException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new ModelException(
          "Cannot run " + signature + " of " + name + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, NativeTensor> wrap(Result result, List<String> names) {
    try {
      Map<String, NativeTensor> tensors = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        tensors.put(names.get(i), TensorFlowTensor.of(names.get(i), result.get(i)));
      }
      return tensors;
    } catch (RuntimeException e) {
      result.close();
      throw e;
    }
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public String engineVersion() {
    return "tensorflow " + TensorFlow.version();
  }

  @Override
  public void close() {
    bundle.close();
  }
}
