package org.tessera.model.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.tessera.model.bundle.Randomness;
import org.tessera.model.device.DevicePlan;
import org.tessera.model.engine.Engine;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.engine.Finding;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;

/**
 * Loads ONNX files. A file has one graph, so any signature name means its inputs and outputs. On a
 * GPU the CUDA provider runs it (not yet run on one); where that is absent, loading fails.
 */
public final class OnnxEngine implements Engine {
  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public boolean recognizes(Path model) {
    return Files.isRegularFile(model) && model.getFileName().toString().endsWith(".onnx");
  }

  @Override
  public List<Path> companions(Path model) {
    try {
      return OnnxGraphReader.read(model).tensors().stream()
          .map(tensor -> tensor.external().get("location"))
          .filter(Objects::nonNull)
          .distinct()
          .map(Path::of)
          .toList();
    } catch (IOException e) {
      throw new ModelException("Cannot read ONNX model " + model + ": " + e.getMessage(), e);
    }
  }

  @Override
  public List<Finding> scan(Path model, Set<String> encoders, Randomness randomness) {
    return OnnxScan.scan(model, !encoders.isEmpty(), randomness);
  }

  @Override
  public ModelSession load(Path model, Set<String> signatures, EngineOptions options) {
    if (!Files.isRegularFile(model)) {
      throw new ModelException(
          "Cannot load ONNX model " + model + ": no such file (name the .onnx file itself)");
    }
    OrtEnvironment environment = OnnxEnvironment.open();
    try (OrtSession.SessionOptions settings = settings(options)) {
      OrtSession session = environment.createSession(model.toString(), settings);
      String device =
          options.device().onGpu() ? "GPU:" + options.device().gpu().getAsInt() : "CPU:0";
      try {
        return new OnnxSession(environment, session, model.toString(), device);
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new ModelException("Cannot load ONNX model " + model + ": " + e.getMessage(), e);
    }
  }

  private static OrtSession.SessionOptions settings(EngineOptions options) throws OrtException {
    OrtSession.SessionOptions settings = new OrtSession.SessionOptions();
    try {
      settings.setIntraOpNumThreads(options.intraOpThreads());
      settings.setInterOpNumThreads(options.interOpThreads());
      settings.setExecutionMode(
          options.interOpThreads() == 1
              ? OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL
              : OrtSession.SessionOptions.ExecutionMode.PARALLEL);
      settings.setDeterministicCompute(true);
      // Idle threads must leave the cores to the decoders.
      settings.addConfigEntry("session.intra_op.allow_spinning", "0");
      settings.addConfigEntry("session.inter_op.allow_spinning", "0");
      if (options.device().onGpu()) {
        addCuda(settings, options.device());
      }
      return settings;
    } catch (OrtException | RuntimeException e) {
      settings.close();
      throw e;
    }
  }

  private static void addCuda(OrtSession.SessionOptions settings, DevicePlan device) {
    int gpu = device.gpu().getAsInt();
    String subject = "Cannot use GPU " + gpu + " (" + device.reason() + ") for an ONNX model: ";
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new ModelException(
          subject
              + "this build of ONNX Runtime has no CUDA provider (put onnxruntime_gpu on the class"
              + " path instead of onnxruntime, or use --device cpu)");
    }
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(gpu)) {
      cuda.add("arena_extend_strategy", "kSameAsRequested");
      settings.addCUDA(cuda);
    } catch (OrtException e) {
      throw new ModelException(subject + e.getMessage() + " (or use --device cpu)", e);
    }
  }
}
