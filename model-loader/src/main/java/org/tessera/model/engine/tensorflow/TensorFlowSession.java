package org.tessera.model.engine.tensorflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tessera.model.bundle.Suggestions;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.SignatureChecks;

/** A graph with signatures, from a SavedModel or made here. */
final class TensorFlowSession implements GraphSession {
  private final Graph graph;
  private final Session session;
  private final Runnable closer;
  private final String name;
  private final String device;
  private final SortedMap<String, GraphSignature> signatures = new TreeMap<>();

  private TensorFlowSession(
      Graph graph, Session session, Runnable closer, String name, String device) {
    this.graph = graph;
    this.session = session;
    this.closer = closer;
    this.name = name;
    this.device = device;
  }

  /** A session over a SavedModel; it takes over the SavedModel. */
  static TensorFlowSession of(SavedModelBundle model, String name, String device) {
    TensorFlowSession session =
        new TensorFlowSession(model.graph(), model.session(), model::close, name, device);
    model
        .metaGraphDef()
        .getSignatureDefMap()
        .forEach(
            (key, definition) -> {
              if (!key.startsWith("__")) {
                session.signatures.put(key, GraphSignature.of(key, definition));
              }
            });
    return session;
  }

  /** A session over an empty graph. */
  static TensorFlowSession empty(String name, EngineOptions options) {
    String device = TensorFlowDevices.require(options);
    Graph graph = new Graph();
    Session session = new Session(graph, TensorFlowDevices.config(options));
    Runnable closer =
        () -> {
          session.close();
          graph.close();
        };
    return new TensorFlowSession(graph, session, closer, name, device);
  }

  @Override
  public ModelSignature signature(String signature) {
    return find(signature).description();
  }

  @Override
  public List<ModelSignature> signatures() {
    return signatures.values().stream().map(GraphSignature::description).toList();
  }

  private GraphSignature find(String signature) {
    GraphSignature found = signatures.get(signature);
    if (found == null) {
      throw new ModelException(
          "Cannot find signature "
              + signature
              + " in "
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
  public void define(String signature, Addition addition) {
    add(signature, null, addition);
  }

  @Override
  public void extend(String signature, String base, Addition addition) {
    add(signature, find(base), addition);
  }

  private void add(String signature, GraphSignature base, Addition addition) {
    if (signatures.containsKey(signature)) {
      throw new IllegalArgumentException("Cannot add signature " + signature + ": it exists");
    }
    Map<String, Output<?>> outputs = new TreeMap<>();
    if (base != null) {
      base.outputs()
          .forEach(
              (key, endpoint) ->
                  outputs.put(key, graph.operation(endpoint.operation()).output(endpoint.index())));
    }
    Built built = addition.build(Ops.create(graph).withSubScope("tessera"), outputs);
    signatures.put(signature, GraphSignature.of(signature, base, built));
  }

  @Override
  public boolean takes(NativeTensor tensor) {
    return tensor instanceof TensorFlowTensor;
  }

  @Override
  public NativeTensor allocate(ElementType type, long... shape) {
    return TensorFlowTensor.allocate(type, shape);
  }

  @Override
  public Map<String, NativeTensor> run(
      String signature, Map<String, NativeTensor> inputs, Set<String> outputs) {
    GraphSignature found = find(signature);
    SignatureChecks.check(name, found.description(), inputs, outputs);
    List<String> wanted = new ArrayList<>(outputs);
    try {
      Session.Runner runner = session.runner();
      inputs.forEach(
          (input, tensor) -> {
            GraphSignature.Endpoint endpoint = found.input(input);
            runner.feed(endpoint.operation(), endpoint.index(), TensorFlowTensor.raw(tensor));
          });
      for (String output : wanted) {
        GraphSignature.Endpoint endpoint = found.output(output);
        runner.fetch(endpoint.operation(), endpoint.index());
      }
      return wrap(runner.run(), wanted);
    } catch (ModelException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new ModelException(
          "Cannot run " + signature + " of " + name + ": " + e.getMessage() + advice(e), e);
    }
  }

  /** Keras 3 gives its variables other names in the graph than in what restores them. */
  private static String advice(RuntimeException e) {
    return String.valueOf(e.getMessage()).contains("Could not find variable")
        ? " (the graph reads variables that its own restore operation does not fill; a Keras 3 model"
            + " is written by model.export(...), not by tf.saved_model.save)"
        : "";
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
    closer.run();
  }
}
