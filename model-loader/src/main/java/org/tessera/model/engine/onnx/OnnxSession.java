package org.tessera.model.engine.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.SignatureChecks;

/** A loaded ONNX file. */
final class OnnxSession implements ModelSession {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String name;
  private final String device;
  private final SortedMap<String, ModelSignature.TensorInfo> inputs;
  private final SortedMap<String, ModelSignature.TensorInfo> outputs;

  /** Takes over the session. */
  OnnxSession(OrtEnvironment environment, OrtSession session, String path, String device)
      throws OrtException {
    this.environment = environment;
    this.session = session;
    this.name = "ONNX model " + path;
    this.device = device;
    this.inputs = describe(session.getInputInfo());
    this.outputs = describe(session.getOutputInfo());
  }

  private static SortedMap<String, ModelSignature.TensorInfo> describe(
      Map<String, NodeInfo> nodes) {
    SortedMap<String, ModelSignature.TensorInfo> described = new TreeMap<>();
    nodes.forEach(
        (name, node) -> {
          if (node.getInfo() instanceof TensorInfo info) {
            List<Long> shape = Arrays.stream(info.getShape()).boxed().toList();
            described.put(
                name,
                new ModelSignature.TensorInfo(OnnxTypes.name(info.type, info.onnxType), shape));
          } else {
            described.put(name, new ModelSignature.TensorInfo("no tensor", null));
          }
        });
    return described;
  }

  @Override
  public ModelSignature signature(String signature) {
    return new ModelSignature(signature, inputs, outputs);
  }

  @Override
  public List<ModelSignature> signatures() {
    return List.of(signature(""));
  }

  @Override
  public boolean takes(NativeTensor tensor) {
    return tensor instanceof OnnxNativeTensor;
  }

  @Override
  public NativeTensor allocate(ElementType type, long... shape) {
    return OnnxNativeTensor.allocate(environment, type, shape);
  }

  @Override
  public Map<String, NativeTensor> run(
      String signature, Map<String, NativeTensor> tensors, Set<String> wanted) {
    SignatureChecks.check(name, signature(signature), tensors, wanted);
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    tensors.forEach((input, tensor) -> fed.put(input, OnnxNativeTensor.raw(tensor)));
    OrtSession.Result result;
    try {
      result = session.run(fed, wanted);
    } catch (OrtException | IllegalStateException e) {
      throw new ModelException("Cannot run " + name + ": " + e.getMessage(), e);
    }
    return wrap(result, wanted);
  }

  /** Takes the tensors out of a result, which then needs no closing. */
  private static Map<String, NativeTensor> wrap(OrtSession.Result result, Set<String> wanted) {
    try {
      Map<String, NativeTensor> wrapped = new LinkedHashMap<>();
      for (String output : new ArrayList<>(wanted)) {
        OnnxValue value = result.get(output).orElseThrow();
        wrapped.put(output, OnnxNativeTensor.of(output, value));
      }
      return wrapped;
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
    return "onnxruntime " + environment.getVersion();
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new ModelException("Cannot close " + name + ": " + e.getMessage(), e);
    }
  }
}
